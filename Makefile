# libosrandom_preload: the targets are listed by `make help`.

PREFIX ?= /usr/local
LIBDIR ?= $(PREFIX)/lib
DESTDIR ?=

CC ?= cc
CFLAGS ?= -O2 -g
INSTALL ?= install
STRIP ?= $(if $(filter %-gcc,$(lastword $(CC))),$(patsubst %gcc,%strip,$(lastword $(CC))),strip)
PYTHON ?= python3

BUILD := build
SHIM := $(BUILD)/libosrandom_preload.so

# WERROR= for compilers that warn of what ours do not.
WERROR ?= -Werror

# What is only told (help, clean, ...) asks no compiler, and neither that nor -n writes a file.
TELLING := $(if $(MAKECMDGOALS),$(if $(filter-out help version clean format uninstall,$(MAKECMDGOALS)),,yes))
MAKING := $(if $(TELLING)$(findstring n,$(filter-out --%,$(firstword -$(MAKEFLAGS)))),,yes)

ifneq ($(words $(BUILD)),1)
$(error BUILD='$(BUILD)' has a blank in it, which make cannot take: name another directory)
endif
ifneq ($(MAKING),)
ifneq ($(shell mkdir -p $(BUILD) 2>/dev/null && [ -w $(BUILD) ] && echo yes),yes)
$(error $(BUILD) cannot be written to: build elsewhere, with make BUILD=/tmp/osrandom)
endif
endif

# $(call can_link,COMPILER,FLAGS) is "yes" or nothing. The program is written below $(BUILD), never to
# a device: there are compilers that remove what stands in their output's place.
can_link = $(if $(MAKING),$(shell echo 'int main(void) { return 0; }' | \
             $(1) -x c -o $(BUILD)/probe.$$$$ - $(2) 2>/dev/null && echo yes; rm -f $(BUILD)/probe.$$$$))

WARNINGS := -Wall -Wextra $(WERROR) -Wshadow -Wconversion -Wstrict-prototypes -Wmissing-prototypes \
            -Wvla -Wundef -Wwrite-strings -Wcast-align
IS_CLANG := $(if $(TELLING),,$(findstring clang,$(shell $(CC) --version 2>/dev/null)))
WARNINGS += $(if $(IS_CLANG),,-Wno-psabi)

# Wherever the source lies, the same files come of it: the build id is made from what debuggers read, too.
ANYWHERE := '-fdebug-prefix-map=$(CURDIR)=.'

# What a shared object without DT_NEEDED needs of its compiler, whatever CFLAGS say: no calls of the
# C library that the source does not show, and the CET or BTI note, without which the loader turns
# that protection off for the whole host.
FREESTANDING := $(ANYWHERE) -std=gnu11 -D_GNU_SOURCE -fPIC -fvisibility=hidden -ffreestanding -fno-stack-protector \
                -U_FORTIFY_SOURCE -fno-plt -fno-lto -fno-sanitize=all -fno-profile-arcs
MACHINE := $(if $(TELLING),,$(shell $(CC) -dumpmachine))
ifneq ($(filter x86_64-% i386-% i486-% i586-% i686-%,$(MACHINE)),)
FREESTANDING += -fcf-protection=full
endif
ifneq ($(filter aarch64-%,$(MACHINE)),)
FREESTANDING += -mbranch-protection=standard -mno-outline-atomics
endif
ifeq ($(IS_CLANG),)
FREESTANDING += -fno-tree-loop-distribute-patterns -static-libgcc
endif

# musl-gcc looks for headers in musl's directory alone, which has none of the kernel's. Debian's own
# name of the machine is another on i386.
ifneq ($(filter %musl-gcc,$(firstword $(CC))),)
MULTIARCH := $(if $(TELLING),,$(shell $(CC) -print-multiarch))
FREESTANDING += -idirafter /usr/include/$(or $(MULTIARCH),$(MACHINE)) -idirafter /usr/include
endif

# gcc also makes objects that it optimises as one program, for the files that are installed: they are some
# KiB smaller. The tests link the plain ones.
LTO := $(if $(IS_CLANG),,$(if $(filter -O2 -O3 -Os,$(CFLAGS)),$(if $(call can_link,$(CC),-flto),yes)))
LTO := $(if $(LTO),-flto -flto-partition=one)

SHIM_LDFLAGS := -shared -nostdlib -Wl,-soname,libosrandom_preload.so -Wl,-z,defs -Wl,-z,now \
                -Wl,-z,relro -Wl,--sort-section=name -Wl,-z,noseparate-code -Wl,-z,noexecstack -Wl,-z,nodelete -Wl,--hash-style=gnu \
                -Wl,--build-id \
                -Wl,--version-script=preload/exports.map

WINDOWS_SOURCES := platform/windows.c preload/module_windows.c
MODULE_SOURCES := $(addprefix preload/,module.c module_unix.c provider.c provider_rand.c provider_parameter.c provider_status.c)
SHIM_SOURCES := $(filter-out $(WINDOWS_SOURCES) $(MODULE_SOURCES),$(wildcard platform/*.c preload/*.c))
SHIM_OBJECTS := $(SHIM_SOURCES:%.c=$(BUILD)/%.o)
# $(call whole,OBJECTS): those that are linked in their place. freestanding.o is not: calls of memcpy() and the
# like are made up after the linker has said what is needed.
PLAIN_ONLY := $(BUILD)/preload/freestanding.o
whole = $(if $(LTO),$(foreach object,$(1),$(if $(filter $(PLAIN_ONLY),$(object)),$(object),\
          $(patsubst $(BUILD)/%,$(BUILD)/whole/%,$(object)))),$(1))
WHOLE_OBJECTS := $(call whole,$(SHIM_OBJECTS))

# What a draw passes through is built as CFLAGS say, the rest to be small, and so is what is marked cold in these files; on
# a PC of 32 bits, which has the kernel's system call alone, all of it.
HOT_SOURCES := platform/elf_image.c platform/linux_choice.c platform/linux_vdso.c platform/linux_getrandom.c \
               platform/random.c preload/draws.c preload/method.c preload/whom.c
SMALL_SOURCES := $(filter-out $(if $(filter i386-% i486-% i586-% i686-%,$(MACHINE)),,$(HOT_SOURCES)),$(SHIM_SOURCES))
$(foreach folder,$(BUILD) $(BUILD)/whole,$(SMALL_SOURCES:%.c=$(folder)/%.o)): SMALL := $(if $(filter -O1 -O2 -O3,$(CFLAGS)),-Os)

Q := $(if $(V),,@)
say = @$(if $(V),:,printf '  %-7s %s\n' '$(1)' '$(2)')

.PHONY: all help version lint lint-format lint-tidy lint-check lint-analyze lint-shell format install uninstall clean
all: $(SHIM)

help:
	@echo 'make            $(SHIM), and $(BUILD)/osrandom where libelf and jansson are'
	@echo 'make check      the quick tests; tools/check installs what they need and runs more, tools/check --all the rest'
	@echo 'make check-offline those that need no network and no other system, with the OpenSSL that is here'
	@echo 'make lint       clang-format, clang-tidy, cppcheck, gcc -fanalyzer'
	@echo 'make sanitize   address, undefined behaviour and thread sanitizers; fuzz, statistics, soak, coverage:'
	@echo '                the other hunts; FUZZ_SECONDS, STATISTICS_MIB and SOAK_SECONDS say how long'
	@echo "make strangers  other people's test suites, stock and under the shim; SUITE=NAME one of them, MODE=register"
	@echo '                another mode; tests/strangers/run --help tells the rest'
	@echo 'make format     lays out the source as .clang-format says'
	@echo 'make install    PREFIX=$(PREFIX) LIBDIR=$(LIBDIR) DESTDIR=$(DESTDIR); STRIP= leaves the symbols'
	@echo 'make install-module puts the provider and engine that OpenSSL loads by itself into ENGINESDIR=$(ENGINESDIR)'
	@echo 'make uninstall  takes away what both have put there'
	@echo 'make windows    the engine and the sources for Windows, by mingw-w64'
	@echo 'make deb        Debian packages in $(BUILD)/deb, a source package, their hashes and an SBOM'
	@echo 'make rpm        RPM packages in $(BUILD)/rpm; HOMEPAGE=ADDRESS and VCS=ADDRESS put both into either kind'
	@echo 'make version    the version, which is that of tools/package/debian/changelog'
	@echo 'make clean      removes $(BUILD)/'
	@echo 'V=1 shows the commands; CC and CFLAGS are yours to set, WERROR= lets warnings pass, and'
	@echo 'BUILD=DIRECTORY builds there. For another machine:'
	@echo '                make CC=aarch64-linux-gnu-gcc BUILD=build/arm64'

# A change of compiler or flags builds anew.
FLAGS_NOW := $(CC) $(CFLAGS) $(CPPFLAGS) $(LDFLAGS) $(WERROR)
FLAGS_FILE := $(BUILD)/flags
# $(call remember,FILE,TEXT) writes the file if it says something else.
remember = $(if $(MAKING),$(shell mkdir -p $(dir $(1)); \
             [ "$$(cat $(1) 2>/dev/null)" = '$(2)' ] || echo '$(2)' >$(1)))
$(call remember,$(FLAGS_FILE),$(FLAGS_NOW))
$(FLAGS_FILE): ; # -n may find none

$(SHIM): $(WHOLE_OBJECTS) preload/exports.map
	$(call say,LINK,$@)
	$(Q)$(CC) $(CFLAGS) $(LDFLAGS) $(FREESTANDING) $(LTO) $(SHIM_LDFLAGS) -o $@ $(WHOLE_OBJECTS) -lgcc

$(BUILD)/%.o: %.c $(FLAGS_FILE) Makefile
	$(call say,CC,$@)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(CPPFLAGS) $(CFLAGS) $(SMALL) $(WARNINGS) $(FREESTANDING) -Iplatform -MMD -MP -c -o $@ $<

$(BUILD)/whole/%.o: %.c $(FLAGS_FILE) Makefile
	$(call say,CC,$@)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(CPPFLAGS) $(CFLAGS) $(SMALL) $(WARNINGS) $(FREESTANDING) $(LTO) -Iplatform -MMD -MP -c -o $@ $<

-include $(SHIM_OBJECTS:.o=.d) $(WHOLE_OBJECTS:.o=.d)

# The engine and the provider, a module that OpenSSL loads by itself: for where nothing can be preloaded.
MODULE := $(BUILD)/engines/osrandom.so
MODULE_OWN := $(MODULE_SOURCES:%.c=$(BUILD)/%.o)
MODULE_SHARED := $(filter $(BUILD)/platform/%,$(SHIM_OBJECTS)) \
                 $(patsubst %,$(BUILD)/preload/%.o,engine freestanding libcrypto method report \
                   setting_words settings status)
MODULE_LDFLAGS := $(subst libosrandom_preload.so,osrandom.so,$(subst exports.map,module.map,$(SHIM_LDFLAGS)))
ENGINESDIR ?= $(LIBDIR)/osrandom

all: $(MODULE)
$(MODULE): $(call whole,$(MODULE_OWN) $(MODULE_SHARED)) preload/module.map
	$(call say,LINK,$@)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(CFLAGS) $(LDFLAGS) $(FREESTANDING) $(LTO) $(MODULE_LDFLAGS) -o $@ $(filter %.o,$^) -lgcc

-include $(MODULE_OWN:.o=.d) $(patsubst %.o,%.d,$(call whole,$(MODULE_OWN)))

# For Windows, by mingw-w64: the same module, and the sources alone as a static library (random.h).
WINDOWS_CC ?= x86_64-w64-mingw32-gcc
WINDOWS_AR ?= x86_64-w64-mingw32-ar
WINDOWS_CFLAGS := -std=gnu11 -O2 -g $(WARNINGS) -Wno-address -Iplatform -Ipreload
WINDOWS_LIBRARY := $(BUILD)/windows/libosrandom.a
WINDOWS_MODULE := $(BUILD)/windows/osrandom.dll
WINDOWS_OBJECTS := $(patsubst %,$(BUILD)/windows/%.o,platform/random platform/windows preload/engine preload/method \
                     preload/module preload/module_windows)

.PHONY: windows
windows: $(WINDOWS_LIBRARY) $(WINDOWS_MODULE)

$(BUILD)/windows/%.o: %.c $(FLAGS_FILE) Makefile
	$(call say,WINCC,$@)
	$(Q)mkdir -p $(@D)
	$(Q)$(WINDOWS_CC) $(WINDOWS_CFLAGS) -MMD -MP -c -o $@ $<

$(WINDOWS_LIBRARY): $(filter $(BUILD)/windows/platform/%,$(WINDOWS_OBJECTS))
	$(call say,AR,$@)
	$(Q)rm -f $@ && $(WINDOWS_AR) rcs $@ $^

$(WINDOWS_MODULE): $(WINDOWS_OBJECTS)
	$(call say,LINK,$@)
	$(Q)$(WINDOWS_CC) -shared -o $@ $^ -static-libgcc

-include $(WINDOWS_OBJECTS:.o=.d)

include tests/tests.mk
-include tools/tools.mk

# The module tells its version too.
PROVIDER_OBJECTS := $(BUILD)/preload/provider.o $(BUILD)/whole/preload/provider.o
$(PROVIDER_OBJECTS): CPPFLAGS += -DOSRANDOM_VERSION='"$(VERSION)"'
$(PROVIDER_OBJECTS): $(COMMAND_PLACE)

C_FILES := $(shell find platform preload tests tools -name '*.[ch]' 2>/dev/null)
SCRIPTS := $(shell grep -lE '^\#!.*\b(ba)?sh' .ci/* tools/* $$(find tests tools/examples -type f -perm -u+x) tools/package/debian/*.prerm tools/package/debian/tests/draws tools/package/sbom 2>/dev/null)
LINT_SOURCES := $(SHIM_SOURCES) $(MODULE_SOURCES)
LINT_FLAGS := -Iplatform -Ipreload -D_GNU_SOURCE -std=gnu11

lint: lint-format lint-tidy lint-check lint-analyze lint-shell

lint-format:
	$(call say,FORMAT,all)
	$(Q)clang-format --dry-run -Werror $(C_FILES)

lint-tidy:
	$(call say,TIDY,platform preload)
	$(Q)clang-tidy --quiet $(LINT_SOURCES) -- $(LINT_FLAGS) -ffreestanding 2>/dev/null

lint-check:
	$(call say,CHECK,platform preload)
	$(Q)cppcheck --quiet --error-exitcode=1 --enable=warning,style,performance,portability \
	    --inline-suppr --suppressions-list=.cppcheck -Iplatform -Ipreload -D__linux__ -D__x86_64__ -D__LP64__ \
	    -D_GNU_SOURCE '-DElfW(type)=Elf64_##type' $(LINT_SOURCES)

lint-analyze:
	$(call say,ANALYZE,platform preload)
	$(Q)for file in $(LINT_SOURCES); do \
	    gcc -fanalyzer -O1 $(WARNINGS) $(FREESTANDING) -Iplatform -c -o $(BUILD)/analyzed.o $$file || exit 1; done

lint-shell:
	$(call say,SHELL,scripts)
	$(Q)shellcheck -x $(SCRIPTS)

format:
	$(Q)clang-format -i $(C_FILES)

# $(call may_write,DIRECTORY): asked first, so that a refusal is one clear line.
may_write = $(Q)umask 022; said=$$(mkdir -p '$(DESTDIR)$(1)' 2>&1) && [ -w '$(DESTDIR)$(1)' ] || { \
    echo "make $@: $${said:-$(DESTDIR)$(1): Permission denied}; use sudo, or set PREFIX or DESTDIR" >&2; exit 1; }

# $(call put,FILE,MODE,PLACE): stripped by STRIP, if that is not empty. A file that is replaced while it
# is mapped kills its hosts: written beside, then renamed.
put = $(call say,INSTALL,$(DESTDIR)$(3))
define put +=

	$(Q)cp -f $(1) $(BUILD)/installed.$(notdir $(3))
	$(if $(STRIP),$(Q)$(STRIP) $(BUILD)/installed.$(notdir $(3)))
	$(Q)$(INSTALL) -m $(2) $(BUILD)/installed.$(notdir $(3)) '$(DESTDIR)$(dir $(3)).$(notdir $(3)).new'
	$(Q)mv -f '$(DESTDIR)$(dir $(3)).$(notdir $(3)).new' '$(DESTDIR)$(3)'
endef

# The loader finds a bare name in LIBDIR, where that is one of its directories, after ldconfig.
run_ldconfig = $(Q)if [ -z '$(DESTDIR)' ] && [ "$$(id -u)" = 0 ]; then \
    PATH="$$PATH:/usr/sbin:/sbin"; ! command -v ldconfig >/dev/null || ldconfig; fi

install: $(SHIM)
	$(call may_write,$(LIBDIR))
	$(call put,$(SHIM),644,$(LIBDIR)/libosrandom_preload.so)
	$(run_ldconfig)

.PHONY: install-module
install-module: $(MODULE)
	$(call may_write,$(ENGINESDIR))
	$(call put,$(MODULE),644,$(ENGINESDIR)/osrandom.so)

# A name in /etc/ld.so.preload without a file has the loader complain in every program; one in openssl.cnf
# leaves them without random bytes.
OPENSSL_CNF ?= /etc/ssl/openssl.cnf /etc/pki/tls/openssl.cnf /usr/lib/ssl/openssl.cnf /usr/local/ssl/openssl.cnf
# Before anything goes, the command among it, which is the way out. Of files that are not there grep says 2,
# whatever it has found in the others.
.PHONY: may-uninstall
may-uninstall:
	$(Q)if [ -z '$(DESTDIR)' ] && grep -Eqs '^[^#]*(/usr/\$$LIB|$(LIBDIR))/libosrandom_preload\.so' /etc/ld.so.preload; then \
	    echo 'make uninstall: /etc/ld.so.preload names the shim; osrandom system off takes it out' >&2; \
	    exit 1; fi
	$(Q)loads=$$([ -n '$(DESTDIR)' ] || grep -s '^[^#]*$(ENGINESDIR)/osrandom\.so' $(OPENSSL_CNF)); \
	if [ -n "$$loads" ]; then \
	    echo "$$loads"; echo 'make uninstall: openssl.cnf loads the module; without it programs get no random bytes: take its lines out' >&2; \
	    exit 1; fi

uninstall: may-uninstall
	$(Q)rm -f '$(DESTDIR)$(LIBDIR)/libosrandom_preload.so' '$(DESTDIR)$(ENGINESDIR)/osrandom.so'
	$(Q)rmdir '$(DESTDIR)$(ENGINESDIR)' 2>/dev/null || :
	$(run_ldconfig)

clean:
	$(Q)rm -rf $(BUILD)
