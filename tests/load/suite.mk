# What the load suite needs beyond its own objects: the shim as other compilers and flags build it,
# and little programs, each for the host's C library and for musl.

LOAD_DIR := $(BUILD)/load
LOAD_VARIANTS := gcc O0 $(if $(shell command -v clang),clang O3) \
                 $(if $(shell command -v dpkg-buildflags),hardened)
LOAD_SHIMS := $(LOAD_VARIANTS:%=$(LOAD_DIR)/%/libosrandom_preload.so)

HARDENED = DEB_BUILD_MAINT_OPTIONS=hardening=+all dpkg-buildflags --get
$(LOAD_DIR)/gcc/%: BUILT_WITH = CC=gcc CFLAGS='-O2 -g' CPPFLAGS= LDFLAGS=
$(LOAD_DIR)/clang/%: BUILT_WITH = CC=clang CFLAGS='-O2 -g' CPPFLAGS= LDFLAGS=
$(LOAD_DIR)/O0/%: BUILT_WITH = CC=gcc CFLAGS=-O0 CPPFLAGS= LDFLAGS=
$(LOAD_DIR)/O3/%: BUILT_WITH = CC=clang CFLAGS=-O3 CPPFLAGS= LDFLAGS=
$(LOAD_DIR)/hardened/%: BUILT_WITH = CC=gcc CFLAGS="$$($(HARDENED) CFLAGS)" \
    CPPFLAGS="$$($(HARDENED) CPPFLAGS)" LDFLAGS="$$($(HARDENED) LDFLAGS)"

# The shim's own prerequisites are the variants' too.
$(LOAD_SHIMS): $(LOAD_DIR)/%/libosrandom_preload.so: $(SHIM) tests/load/suite.mk
	$(call say,MAKE,$@)
	$(Q)$(MAKE) --no-print-directory BUILD='$(LOAD_DIR)/$*' $(BUILT_WITH) $@ $(if $(V),,>/dev/null)
	$(Q)touch $@

LOAD_SOURCES := tests/load/programs
LOAD_CFLAGS := -std=gnu11 -D_GNU_SOURCE -O1 -g -Wall -Wextra -Werror -Iplatform -Ipreload
LOAD_LIBCS := glibc $(if $(shell command -v musl-gcc),musl)
$(LOAD_DIR)/glibc/%: LOAD_CC = $(CC)
$(LOAD_DIR)/musl/%: LOAD_CC = musl-gcc

LOAD_BUILD = $(Q)mkdir -p $(@D) && $(LOAD_CC) $(LOAD_CFLAGS) -o $@ $<

# The small OpenSSL, and the same program linked to it, loaded late, and with it inside, for each C
# library.
LOAD_SMALL = -L$(@D) -lsmall_openssl -lpthread -ldl
LOAD_FILES := $(foreach libc,$(LOAD_LIBCS),$(addprefix $(LOAD_DIR)/$(libc)/,\
                libsmall_openssl.so draws draws.so carrier late))

$(LOAD_DIR)/%/libsmall_openssl.so: $(LOAD_SOURCES)/small_openssl.c $(FLAGS_FILE)
	$(call say,CC,$@)
	$(LOAD_BUILD) -shared -fPIC -Wl,-soname,libsmall_openssl.so
$(LOAD_DIR)/%/draws: $(LOAD_SOURCES)/draws.c $(LOAD_DIR)/%/libsmall_openssl.so
	$(call say,CC,$@)
	$(LOAD_BUILD) -fPIE -pie $(LOAD_SMALL) -Wl,-rpath,'$$ORIGIN'
$(LOAD_DIR)/%/draws.so: $(LOAD_SOURCES)/draws.c $(LOAD_DIR)/%/libsmall_openssl.so
	$(call say,CC,$@)
	$(LOAD_BUILD) -fPIC -shared $(LOAD_SMALL) -Wl,-rpath,'$$ORIGIN'
$(LOAD_DIR)/%/carrier: $(LOAD_SOURCES)/draws.c $(LOAD_SOURCES)/small_openssl.c $(FLAGS_FILE)
	$(call say,CC,$@)
	$(LOAD_BUILD) $(LOAD_SOURCES)/small_openssl.c -fPIE -pie -rdynamic -lpthread -ldl
$(LOAD_DIR)/%/late: tests/programs/late.c $(FLAGS_FILE)
	$(call say,CC,$@)
	$(LOAD_BUILD) -fPIE -pie -ldl

# The rest is for the host's own.
LOAD_FILES += $(addprefix $(LOAD_DIR)/glibc/,at_root no_libc_exits no_libc_draws static static_pie \
                empty.so libearly.so early forks self)
LOAD_NO_LIBC := -fPIE -pie -nostdlib -nostartfiles -ffreestanding -fno-stack-protector \
                -Wl,-z,dynamic-undefined-weak

$(LOAD_DIR)/glibc/at_root: $(LOAD_SOURCES)/draws.c $(LOAD_DIR)/glibc/libsmall_openssl.so
	$(call say,CC,$@)
	$(LOAD_BUILD) -fPIE -pie $(LOAD_SMALL) -Wl,-rpath,/
$(LOAD_DIR)/glibc/no_libc_exits: $(LOAD_SOURCES)/no_libc.c $(FLAGS_FILE)
	$(call say,CC,$@)
	$(LOAD_BUILD) $(LOAD_NO_LIBC)
$(LOAD_DIR)/glibc/no_libc_draws: $(LOAD_SOURCES)/no_libc.c $(FLAGS_FILE)
	$(call say,CC,$@)
	$(LOAD_BUILD) $(LOAD_NO_LIBC) -DDRAWS
$(LOAD_DIR)/glibc/static: $(LOAD_SOURCES)/plain.c $(FLAGS_FILE)
	$(call say,CC,$@)
	$(LOAD_BUILD) -static
$(LOAD_DIR)/glibc/static_pie: $(LOAD_SOURCES)/plain.c $(FLAGS_FILE)
	$(call say,CC,$@)
	$(LOAD_BUILD) -fPIE -static-pie
$(LOAD_DIR)/glibc/empty.so: $(LOAD_SOURCES)/empty.c $(FLAGS_FILE)
	$(call say,CC,$@)
	$(LOAD_BUILD) -shared -fPIC -nostdlib -Wl,-z,relro,-z,now
$(LOAD_DIR)/glibc/libearly.so: $(LOAD_SOURCES)/early.c $(FLAGS_FILE)
	$(call say,CC,$@)
	$(LOAD_BUILD) -shared -fPIC -Wl,-z,now -Wl,-soname,libearly.so
$(LOAD_DIR)/glibc/early: $(LOAD_SOURCES)/early_main.c $(LOAD_DIR)/glibc/libearly.so \
    $(LOAD_DIR)/glibc/libsmall_openssl.so
	$(call say,CC,$@)
	$(LOAD_BUILD) -fPIE -pie -L$(@D) -learly -lsmall_openssl -Wl,-rpath,'$$ORIGIN'
$(LOAD_DIR)/glibc/forks: $(LOAD_SOURCES)/forks.c $(FLAGS_FILE)
	$(call say,CC,$@)
	$(LOAD_BUILD)
$(LOAD_DIR)/glibc/self: $(LOAD_SOURCES)/self.c $(FLAGS_FILE)
	$(call say,CC,$@)
	$(LOAD_BUILD)

$(LOAD_FILES): $(LOAD_SOURCES)/small_openssl.h tests/load/suite.mk
TEST_FILES += $(LOAD_SHIMS) $(LOAD_FILES) $(BUILD)/trees/glibc-2.31
