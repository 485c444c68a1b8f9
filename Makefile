# postctl: build, install, test.  GNU make; no configure step.
#
#   make                     build obj/postctl
#   make install             into $(DESTDIR)$(PREFIX) and $(DESTDIR)/etc/init.d
#   make deb                 build a Debian package, in obj/deb
#   make check               all that needs neither root nor network
#   sudo make test           everything, on real Postfix in disposable roots
#   sudo make boottest       of that, a machine that boots and is shut down
#   sudo make demo           see it work in a disposable root
#   sudo make bench          figures against Debian's own script
#
# CC, CFLAGS, CPPFLAGS and LDFLAGS are yours and come last; HARDEN= and WARN=
# can be emptied; SANITIZE=1 builds with asan and ubsan into a tree of its own.

CC       ?= cc
CFLAGS   ?= -O2 -g
PREFIX   ?= /usr
SBINDIR  ?= $(PREFIX)/sbin
SYSCONFDIR ?= /etc
INITDIR  ?= $(SYSCONFDIR)/init.d
MANDIR   ?= $(PREFIX)/share/man
DOCDIR   ?= $(PREFIX)/share/doc/postctl
COMPLETIONS ?= $(PREFIX)/share/bash-completion/completions
DESTDIR  ?=
VERSION  := 0.1.0

OBJ      ?= obj
WARN     := -Wall -Wextra -Wshadow -Wconversion -Wstrict-prototypes \
            -Wmissing-prototypes -Wformat=2 -Wundef -Wvla

accepted  = $(shell $(CC) $(1) -Werror -x c -c /dev/null -o /dev/null 2>/dev/null && echo '$(1)')
HARDEN   := -D_FORTIFY_SOURCE=2 -fPIE -fstack-protector-strong \
            $(call accepted,-fstack-clash-protection) $(call accepted,-fcf-protection)
LINK     := -pie -Wl,-z,relro -Wl,-z,now -Wl,--as-needed

ifdef SANITIZE
OBJ      := obj/sanitize
HARDEN   := -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer
LINK     := $(HARDEN)
endif

ALL_CFLAGS   = -std=c11 $(WARN) $(HARDEN) $(CFLAGS)
ALL_CPPFLAGS = -D_GNU_SOURCE -D_FILE_OFFSET_BITS=64 -D_TIME_BITS=64 -DPOSTCTL_VERSION='"$(VERSION)"' -Isrc -I$(OBJ) $(CPPFLAGS)

SOURCES  := $(sort $(wildcard src/*.c src/*/*.c))
OBJECTS  := $(SOURCES:%.c=$(OBJ)/%.o)
LIBRARY  := $(filter-out $(OBJ)/src/main.o,$(OBJECTS))
TEMPLATE := $(OBJ)/state/init_script_template.h
TESTS    := $(patsubst tests/unit/%.c,$(OBJ)/tests/unit/%,$(wildcard tests/unit/*_test.c))

Q        := $(if $(V),,@)

all: $(OBJ)/postctl

$(OBJ)/postctl: $(OBJECTS)
	$(Q)$(CC) $(ALL_CFLAGS) $(LINK) $(LDFLAGS) -o $@ $^

$(OBJ)/libpostctl.a: $(LIBRARY)
	$(Q)rm -f $@ && $(AR) rcs $@ $^

$(OBJ)/%.o: %.c Makefile
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(ALL_CPPFLAGS) $(ALL_CFLAGS) -MMD -MP -c -o $@ $<

# The init script of one instance, as a string.
$(TEMPLATE): init.d/postfix@ Makefile
	$(Q)mkdir -p $(@D)
	$(Q)sed 's/[\\"]/\\&/g; s/.*/"&\\n"/' $< > $@

$(OBJ)/src/state/init_script.o: $(TEMPLATE)

$(OBJ)/tests/unit/%: $(OBJ)/tests/unit/%.o $(OBJ)/libpostctl.a
	$(Q)$(CC) $(ALL_CFLAGS) $(LINK) $(LDFLAGS) -o $@ $^

# Everything the tests of modules need; "make check" runs them.
unit: $(TESTS)

# Debian's own files, where there are any, are diverted and not overwritten: an
# upgrade of the package postfix must not bring them back.  Its hooks write into
# the primary's chroot in place, and reload; in the place of each is one that
# leads to it where systemd is process 1.
DIVERSIONS := /usr/share/postctl
INIT       := /etc/init.d/postfix
CONFIGURE  := /usr/lib/postfix/configure-instance.sh
HOOKS      := resolvconf/update-libc.d network/if-up.d network/if-down.d ppp/ip-up.d ppp/ip-down.d \
              NetworkManager/dispatcher.d ca-certificates/update.d
DIVERTED   := $(INIT) $(CONFIGURE) $(HOOKS:%=/etc/%/postfix) /usr/lib/NetworkManager/dispatcher.d/postfix

# divert OPTION: where dpkg is and this is no staging directory.
divert = $(if $(DESTDIR),,@if command -v dpkg-divert >/dev/null; then \
  for file in $(DIVERTED); do \
    install -d "$(DIVERSIONS)/debian$${file%/*}" && \
    dpkg-divert --quiet --local --rename --divert "$(DIVERSIONS)/debian$$file" $(1) "$$file" || exit; \
  done; fi)

STAND_IN := init.d/debian-hook
stand_in = $(if $(DESTDIR),,@for hook in $(filter-out $(INIT) $(CONFIGURE),$(DIVERTED)); do $(1) || exit; done)

diverted:
	@printf '%s\n' $(DIVERTED)

# The package knows what dpkg put there, "make" does not.
packaged = $(if $(DESTDIR),,@if dpkg-query -W -f '$${db:Status-Status}\n' postctl 2>/dev/null | grep -qv not-installed; then \
  echo 'postctl has been installed as a package on this host; "apt purge postctl" removes it' >&2 && exit 1; fi)

install: $(OBJ)/postctl
	$(call packaged)
	$(call divert,--add)
	$(call stand_in,[ ! -e "$(DIVERSIONS)/debian$$hook" ] || install -m 755 $(STAND_IN) "$$hook")
	install -d "$(DESTDIR)$(SBINDIR)" "$(DESTDIR)$(INITDIR)" "$(DESTDIR)$(dir $(CONFIGURE))"
	install -m 755 $(OBJ)/postctl "$(DESTDIR)$(SBINDIR)/postctl"
	install -d $(OBJ)/init.d
	for script in init.d/*; do \
	  sed 's|^POSTCTL=.*|POSTCTL=$(SBINDIR)/postctl|' $$script > $(OBJ)/$$script || exit; done
	install -m 755 $(OBJ)/init.d/postfix "$(DESTDIR)$(INITDIR)/postfix"
	install -m 755 $(OBJ)/init.d/configure-instance.sh "$(DESTDIR)$(CONFIGURE)"
	for hook in $(HOOKS); do \
	  install -D -m 755 $(OBJ)/init.d/refresh-chroots "$(DESTDIR)$(SYSCONFDIR)/$$hook/postctl" || exit; done
	install -D -m 644 init.d/dpkg.cfg "$(DESTDIR)$(SYSCONFDIR)/dpkg/dpkg.cfg.d/postctl"
	install -D -m 644 src/doc/postctl.8 "$(DESTDIR)$(MANDIR)/man8/postctl.8"
	install -D -m 644 src/doc/postctl-chroot.5 "$(DESTDIR)$(MANDIR)/man5/postctl-chroot.5"
	install -D -m 644 src/doc/postctl.bash "$(DESTDIR)$(COMPLETIONS)/postctl"
	install -D -m 644 src/doc/second-instance.md "$(DESTDIR)$(DOCDIR)/second-instance.md"

# In these places may be Debian's files again.  Init scripts of instances, which
# "postctl disable" removes, stay and do nothing.
uninstall:
	$(call packaged)
	rm -f "$(DESTDIR)$(SBINDIR)/postctl" "$(DESTDIR)$(MANDIR)/man8/postctl.8" \
	  "$(DESTDIR)$(MANDIR)/man5/postctl-chroot.5" "$(DESTDIR)$(COMPLETIONS)/postctl" \
	  "$(DESTDIR)$(DOCDIR)/second-instance.md"
	for file in "$(DESTDIR)$(INITDIR)/postfix" "$(DESTDIR)$(CONFIGURE)"; do \
	  ! grep -qs '^POSTCTL=' "$$file" || rm -f "$$file" || exit; done
	cd "$(DESTDIR)$(SYSCONFDIR)" && rm -f $(HOOKS:=/postctl) dpkg/dpkg.cfg.d/postctl
	$(call stand_in,! grep -qs '$(DIVERSIONS)/debian' "$$hook" || rm -f "$$hook")
	$(call divert,--remove)
	$(if $(DESTDIR),,find $(DIVERSIONS) -depth -type d -empty -delete 2>/dev/null || :)

# Built in a copy of the tree: dpkg-buildpackage writes beside its directory.
DEB := obj/deb
deb:
	rm -rf $(DEB)
	mkdir -p $(DEB)/postctl-$(VERSION)
	tar --exclude-vcs --exclude=./obj -cf - . | tar -C $(DEB)/postctl-$(VERSION) -xf -
	cd $(DEB)/postctl-$(VERSION) && env -u MAKEFLAGS -u MFLAGS dpkg-buildpackage -b -us -uc
	@ls $(DEB)/*.deb

check: $(OBJ)/postctl unit
	tests/run unit cli tree

test: $(OBJ)/postctl unit
	tests/run

boottest:
	tests/run boot

demo:
	tests/demo

bench:
	tests/bench/run

lint: $(TEMPLATE)
	tests/lint

# Coverage-guided, with clang; FUZZ_SECONDS for each target, by default a minute, and 10 in `make test`.
FUZZERS := $(patsubst tests/fuzz/%_fuzz.c,obj/fuzz/%,$(wildcard tests/fuzz/*_fuzz.c))

FUZZ_CFLAGS := -g -O1 -fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=all
FUZZ_LIBRARY := obj/fuzz/objects/libpostctl.a

# In the tree of its objects it is made as any other library.
ifneq ($(OBJ)/,$(dir $(FUZZ_LIBRARY)))
$(FUZZ_LIBRARY): $(SOURCES) $(wildcard src/*/*.h) Makefile
	$(Q)$(MAKE) -s CC=clang HARDEN= LINK= CFLAGS='$(FUZZ_CFLAGS)' OBJ=$(@D) $@
endif

# A target may include a module whose reader is the module's own.
obj/fuzz/%: tests/fuzz/%_fuzz.c $(wildcard tests/fuzz/*.h) $(FUZZ_LIBRARY)
	$(Q)clang $(FUZZ_CFLAGS) -fsanitize=fuzzer $(ALL_CPPFLAGS) -o $@ $< $(FUZZ_LIBRARY)

fuzz-build: $(FUZZERS)

fuzz:
	tests/fuzz/run

# Against real postconf: FUZZ_COUNT files from FUZZ_SEED.
fuzz-postconf:
	tests/fuzz/against-postconf

clean:
	rm -rf obj

.PHONY: all unit diverted install uninstall deb check test boottest demo bench lint fuzz fuzz-build fuzz-postconf clean
.SECONDARY:

-include $(OBJECTS:.o=.d) $(wildcard $(OBJ)/tests/unit/*.d)
