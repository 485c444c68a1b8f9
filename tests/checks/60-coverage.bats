#!/usr/bin/env bats
# Coverage, for readers: how many lines and branches the tests of modules and of the command line reach, and how many functions
# they do not: those are for the tests with real Postfix. CHECKS=all lists them.

bats_require_minimum_version 1.5.0
load unit

setup() { cd "$BATS_TEST_DIRNAME/../.." || return; }

@test "the tests of modules and of the command line reach three lines of five" {
	local object=$BATS_TEST_TMPDIR/obj program
	make -s OBJ="$object" HARDEN='' CFLAGS='-O0 -g --coverage' all unit 3>&-
	for program in $(unit_tests "$object"); do
		timeout 300 "$program" >/dev/null 2>&1 || :
	done
	POSTCTL=$object/postctl bats --tap tests/cli >/dev/null 2>&1 || :
	find "$object/src" -name '*.gcda' -exec gcov -b -f -n {} + >"$BATS_TEST_TMPDIR/said" 2>/dev/null
	awk -F "'" -v OFS='\t' '
		/^Function / { is = "function"; name = $2 }
		/^File / { is = $2 ~ /^src\// ? "file" : ""; name = $2 }
		/^Lines executed:/ {
			split($0, part, /[:%]| of /)
			if (is == "function" && part[2] == 0)
				print "not reached", name
			if (is == "file") { all += part[4]; lines += part[2] * part[4] / 100 }
		}
		/^Taken at least once:/ && is == "file" { split($0, part, /[:%]| of /); branches += part[4]; taken += part[2] * part[4] / 100 }
		END { printf "lines\t%.1f\nbranches\t%.1f\n", 100 * lines / all, 100 * taken / branches }
	' "$BATS_TEST_TMPDIR/said" >"$BATS_TEST_TMPDIR/figures"
	{
		awk -F '\t' '$1 != "not reached" { print "# " $1 " reached: " $2 " %" } $1 == "not reached" { n++ } END { print "# functions not reached: " n + 0 }' \
			"$BATS_TEST_TMPDIR/figures"
		[ "${CHECKS-}" != all ] || sed -n 's/^not reached\t//p' "$BATS_TEST_TMPDIR/figures" | sort -u | paste -sd ' ' | fold -s -w 120 | sed 's/^/#   /'
	} >&3
	[ "$(sed -n 's/^lines\t\([0-9]*\).*/\1/p' "$BATS_TEST_TMPDIR/figures")" -ge 60 ]
}
