# shellcheck shell=bash
# Breaking the configuration of an instance, and mending it.

# A main.cf that no Postfix program reads.
break_main() {
	damage "$(config_dir "$1")/main.cf" 'this line has no equals sign'
}

# A master.cf that ends a master which reads it.
break_master() {
	damage "$(config_dir "$1")/master.cf" 'broken unix - -'
}

damage() {
	cp -p "$1" "$1.good"
	printf '%s\n' "$2" >>"$1"
	back_date "$1"
}

# mend INSTANCE: undoes both.
mend() {
	local file
	for file in "$(config_dir "$1")"/{main,master}.cf; do
		[[ ! -e $file.good ]] || mv "$file.good" "$file"
	done
}
