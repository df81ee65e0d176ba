# The command osrandom and what stands around the shim: man pages, completion, examples, the package.
#
# The shim needs nothing but a compiler and make. The command needs libelf and jansson: it is built
# where pkg-config finds them, for the machine that the compiler is for.

BINDIR ?= $(PREFIX)/bin
MANDIR ?= $(PREFIX)/share/man
DOCDIR ?= $(PREFIX)/share/doc/osrandom
COMPLETIONDIR ?= $(PREFIX)/share/bash-completion/completions
METAINFODIR ?= $(PREFIX)/share/metainfo
UNITDIR ?= $(PREFIX)/lib/systemd/system
PKG_CONFIG ?= pkg-config

# The one place where it is written; while a Debian package is built, its directory lies at the top.
CHANGELOG := $(firstword $(wildcard tools/package/debian/changelog debian/changelog))
VERSION := $(if $(CHANGELOG),$(shell sed -n '1s/[^0-9]*\([0-9.]*\).*/\1/p' $(CHANGELOG)))
COMMAND := $(BUILD)/osrandom
version:
	@echo '$(VERSION)'

COMMAND_PACKAGES := libelf jansson
COMMAND_LIBS := $(if $(TELLING),,$(shell $(PKG_CONFIG) --libs $(COMMAND_PACKAGES) 2>/dev/null))
HAS_COMMAND := $(if $(COMMAND_LIBS),$(if $(MAKING),$(call can_link,$(CC),$(COMMAND_LIBS)),yes))

COMMAND_SOURCES := $(wildcard tools/osrandom/*.c tools/osrandom/*/*.c)
COMMAND_OBJECTS := $(filter-out %/libeu.o,$(COMMAND_SOURCES:%.c=$(BUILD)/%.o))
COMMAND_LINKS := $(BUILD)/platform/elf_image.o $(BUILD)/preload/rules.o $(BUILD)/preload/setting_words.o
COMMAND_CFLAGS := $(ANYWHERE) -std=gnu11 -D_GNU_SOURCE -D_FILE_OFFSET_BITS=64 $(WARNINGS) -Wno-cast-align -fPIE \
                  -Iplatform -Ipreload -Itools/osrandom \
                  -DOSRANDOM_VERSION='"$(VERSION)"' -DOSRANDOM_LIBDIR='"$(LIBDIR)"' \
                  -DOSRANDOM_BINDIR='"$(BINDIR)"' \
                  $(if $(COMMAND_LIBS),$(shell $(PKG_CONFIG) --cflags $(COMMAND_PACKAGES) 2>/dev/null))

ifneq ($(HAS_COMMAND),)
all: $(COMMAND)
else
all: no-command
endif

.PHONY: no-command
no-command:
	@echo '  (osrandom, the command, is not built: there is no $(COMMAND_PACKAGES) to be linked)'

# Where the shim is installed is part of the command.
COMMAND_PLACE := $(BUILD)/tools/place
$(call remember,$(COMMAND_PLACE),$(LIBDIR) $(BINDIR) $(VERSION))
$(COMMAND_PLACE): ;

$(BUILD)/tools/%.o: tools/%.c $(FLAGS_FILE) $(COMMAND_PLACE) tools/tools.mk
	$(call say,CC,$@)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(CPPFLAGS) $(CFLAGS) $(COMMAND_CFLAGS) -MMD -MP -c -o $@ $<

$(COMMAND): $(COMMAND_OBJECTS) $(COMMAND_LINKS)
	$(call say,LINK,$@)
	$(Q)$(CC) $(CFLAGS) $(LDFLAGS) -pie -Wl,-z,relro,-z,now -o $@ $(COMMAND_OBJECTS) $(COMMAND_LINKS) \
	    $(COMMAND_LIBS) -lm -lpthread -ldl

# The same in one file that needs no library, for images that have none. It cannot load an OpenSSL to
# measure it: no bench.
COMMAND_STATIC := $(BUILD)/osrandom.static
STATIC_OBJECTS := $(filter-out $(BUILD)/tools/osrandom/osrandom.o $(BUILD)/tools/osrandom/bench% \
                    $(BUILD)/tools/osrandom/system%,$(COMMAND_OBJECTS)) \
                  $(addprefix $(BUILD)/tools/osrandom/,osrandom.static.o file/libeu.o)

$(BUILD)/tools/osrandom/osrandom.static.o: tools/osrandom/osrandom.c $(FLAGS_FILE) $(COMMAND_PLACE) tools/tools.mk
	$(call say,CC,$@)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(CPPFLAGS) $(CFLAGS) $(COMMAND_CFLAGS) -DOSRANDOM_STATIC -MMD -MP -c -o $@ $<

$(COMMAND_STATIC): $(STATIC_OBJECTS) $(COMMAND_LINKS)
	$(call say,LINK,$@)
	$(Q)$(CC) $(CFLAGS) $(LDFLAGS) -static -o $@ $(STATIC_OBJECTS) $(COMMAND_LINKS) \
	    $(shell $(PKG_CONFIG) --static --libs $(COMMAND_PACKAGES) 2>/dev/null) -lm

-include $(COMMAND_OBJECTS:.o=.d) $(BUILD)/tools/osrandom/osrandom.static.d

# ---- Installing ----

.PHONY: install-command uninstall-command
install: install-command
uninstall: uninstall-command

# How the installed examples name the shim, whose path is written out in the source's.
SHIM_NAMED ?= $(LIBDIR)/libosrandom_preload.so
name_shim = $(Q)sed -i 's!/usr/local/lib/libosrandom_preload\.so!$(SHIM_NAMED)!g' '$(DESTDIR)$(1)'

UNITS := $(notdir $(wildcard tools/systemd/*))
EXAMPLES := $(patsubst tools/examples/%,%,$(shell find tools/examples -type f))

install-command: $(if $(HAS_COMMAND),$(COMMAND))
	$(call may_write,$(MANDIR)/man8)
	$(call may_write,$(MANDIR)/man5)
	$(call may_write,$(DOCDIR))
	$(call say,INSTALL,$(DESTDIR)$(MANDIR)/man8)
	$(Q)umask 022; $(INSTALL) -d '$(DESTDIR)$(MANDIR)/man8'
	$(Q)$(INSTALL) -m 644 tools/man/libosrandom_preload.8 '$(DESTDIR)$(MANDIR)/man8/'
	$(Q)$(INSTALL) -m 644 tools/man/osrandom.conf.5 '$(DESTDIR)$(MANDIR)/man5/'
	$(call name_shim,$(MANDIR)/man8/libosrandom_preload.8)
	$(Q)umask 022; for file in $(EXAMPLES); do \
	    case $$file in *.*|*/Containerfile) mode=644 ;; *) mode=755 ;; esac; \
	    $(INSTALL) -D -m $$mode "tools/examples/$$file" '$(DESTDIR)$(DOCDIR)/examples/'"$$file" || exit 1; \
	done
	$(call name_shim,$(DOCDIR)/examples/systemd/osrandom.conf)
	$(call name_shim,$(DOCDIR)/examples/systemd/system.conf.d/osrandom.conf)
	$(Q)sed -i 's!/usr/local/lib/osrandom/osrandom\.so!$(ENGINESDIR)/osrandom.so!' '$(DESTDIR)$(DOCDIR)'/examples/openssl-cnf/*.cnf
	$(Q)sed -i 's!/usr/local/bin/osrandom!$(BINDIR)/osrandom!g' '$(DESTDIR)$(DOCDIR)/examples/clones/'*
ifneq ($(HAS_COMMAND),)
	$(call may_write,$(BINDIR))
	$(call may_write,$(COMPLETIONDIR))
	$(call put,$(COMMAND),755,$(BINDIR)/osrandom)
	$(Q)$(INSTALL) -m 644 tools/man/osrandom.8 '$(DESTDIR)$(MANDIR)/man8/'
	$(Q)$(INSTALL) -m 644 tools/completion/osrandom '$(DESTDIR)$(COMPLETIONDIR)/osrandom'
	$(Q)[ -z "$$HOMEPAGE" ] || { $(home) metainfo $(VERSION) '$(RELEASED)' >$(BUILD)/metainfo && \
	    $(INSTALL) -D -m 644 $(BUILD)/metainfo "$(DESTDIR)$(METAINFODIR)/$$($(home) id).metainfo.xml"; }
	$(call may_write,$(UNITDIR))
	$(call say,INSTALL,$(DESTDIR)$(UNITDIR))
	$(Q)for unit in $(UNITS); do \
	    sed 's!/usr/local/bin/osrandom!$(BINDIR)/osrandom!' "tools/systemd/$$unit" >$(BUILD)/unit || exit 1; \
	    $(INSTALL) -m 644 $(BUILD)/unit '$(DESTDIR)$(UNITDIR)/'"$$unit" || exit 1; \
	done
endif

uninstall-command: may-uninstall
	$(Q)rm -f '$(DESTDIR)$(BINDIR)/osrandom' '$(DESTDIR)$(MANDIR)/man8/osrandom.8' \
	    '$(DESTDIR)$(MANDIR)/man8/libosrandom_preload.8' '$(DESTDIR)$(MANDIR)/man5/osrandom.conf.5' '$(DESTDIR)$(COMPLETIONDIR)/osrandom'
	$(Q)rm -f $(UNITS:%='$(DESTDIR)$(UNITDIR)/%') '$(DESTDIR)$(METAINFODIR)'/*.osrandom.metainfo.xml
	$(Q)rm -rf '$(DESTDIR)$(DOCDIR)/examples'
	$(Q)rmdir '$(DESTDIR)$(DOCDIR)' 2>/dev/null || :

# Where the project is at home its packager knows: `make deb rpm HOMEPAGE=ADDRESS VCS=ADDRESS` has the packages say it,
# and installs AppStream's description, which is named after the page.
HOMEPAGE ?=
VCS ?=
export HOMEPAGE VCS
home := tools/package/home
RELEASED = $(shell date -u -d "$$(sed -n 's/^ -- .*>  //p' $(CHANGELOG))" +%F)

# ---- The Debian package ----

# Symbols are in packages of their own, which dh_strip makes. The source package comes first, of a tree that nothing
# has been built in.
.PHONY: deb
DEB_TREE := $(BUILD)/deb/osrandom-$(VERSION)
DEB_NEEDS := build-essential debhelper libelf-dev libjansson-dev pkg-config
deb:
	$(call say,DEB,$(BUILD)/deb)
	$(Q)command -v dpkg-buildpackage dh >/dev/null || { \
	    echo 'make deb: dpkg-buildpackage or dh is missing: apt-get install $(DEB_NEEDS)' >&2; exit 1; }
	$(Q)rm -rf $(BUILD)/deb && mkdir -p $(DEB_TREE)
	$(Q)tar -c --exclude=./build --exclude='./$(BUILD)' --exclude=./.git . | tar -x -C $(DEB_TREE)
	$(Q)mv $(DEB_TREE)/tools/package/debian $(DEB_TREE)/debian
	$(Q)$(home) control $(DEB_TREE)/debian/control
	$(Q)cd $(BUILD)/deb && dpkg-source -b $(notdir $(DEB_TREE)) >source.log 2>&1 || { cat source.log >&2; exit 1; }
	$(Q)cd $(DEB_TREE) && env -u MAKEFLAGS -u MFLAGS -u MAKELEVEL -u MAKEOVERRIDES \
	    dpkg-buildpackage -b -us -uc >../log 2>&1 || { tail -n 20 ../log >&2; \
	    ! grep -q 'Unmet build dep' ../log || echo 'make deb: apt-get install $(DEB_NEEDS)' >&2; exit 1; }
	$(Q)rm -rf $(DEB_TREE)
	$(Q)cd $(BUILD)/deb && sha256sum *.dsc *.tar.* $$(ls *.deb | grep -v dbgsym) >SHA256SUMS
	$(Q)tools/package/sbom $$(ls $(BUILD)/deb/*.deb | grep -v dbgsym) >$(BUILD)/deb/osrandom-$(VERSION).spdx.json

# ---- The RPM package ----

.PHONY: rpm
RPM_DIR := $(BUILD)/rpm
# Of a system that has no RPM packages of its own, rpm does not know what is installed. And it takes a PC of 32
# bits for an 80386, which has neither CET's instructions nor a compare-and-swap.
rpm:
	$(call say,RPM,$(RPM_DIR))
	$(Q)command -v rpmbuild >/dev/null || { echo 'make rpm: rpmbuild is missing: install rpm-build, or rpm' >&2; exit 1; }
	$(Q)$(home) check
	$(Q)rm -rf $(RPM_DIR) && mkdir -p $(RPM_DIR)/SOURCES
	$(Q)tar -c --exclude=./build --exclude='./$(BUILD)' --exclude=./.git --transform='s!^\.!osrandom-$(VERSION)!' . | \
	    gzip -n >$(RPM_DIR)/SOURCES/osrandom-$(VERSION).tar.gz
	$(Q)nodeps=; rpm -q rpm >/dev/null 2>&1 || nodeps=--nodeps; \
	target=; [ "$$(rpm --eval '%{_target_cpu}')" != i386 ] || target='--target i686'; \
	env -u MAKEFLAGS -u MFLAGS -u MAKELEVEL -u MAKEOVERRIDES \
	    rpmbuild $$nodeps $$target --define "_topdir $$(realpath '$(RPM_DIR)')" --define 'osrandom_version $(VERSION)' \
	    $${HOMEPAGE:+--define "osrandom_url $$HOMEPAGE"} $${VCS:+--define "osrandom_vcs $$VCS"} -bb \
	    tools/package/osrandom.spec >$(RPM_DIR)/log 2>&1 || { tail -n 20 $(RPM_DIR)/log >&2; exit 1; }
	$(Q)mv $(RPM_DIR)/RPMS/*/*.rpm $(RPM_DIR)/ && rm -rf $(RPM_DIR)/BUILD $(RPM_DIR)/BUILDROOT $(RPM_DIR)/RPMS \
	    $(RPM_DIR)/SRPMS $(RPM_DIR)/SPECS
