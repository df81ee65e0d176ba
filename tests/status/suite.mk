# The reader of tools/, and what it looks at: a program that does as it is told, linked to each tree's
# OpenSSL and loaded late; one for musl; and a library that forges the block.
STATUS_DIR := $(BUILD)/status
STATUS_READER := $(addprefix $(BUILD)/tools/osrandom/,process/status_block.o process/remote_image.o \
                   process/process.o process/mounts.o base/printable.o)
status_LINKS := $(STATUS_READER) $(BUILD)/platform/elf_image.o $(BUILD)/tests/openssl/ways.o

$(BUILD)/tests/status/%.o: TEST_CFLAGS += -Itools/osrandom -Itests/openssl -D_FILE_OFFSET_BITS=64

$(STATUS_READER): $(BUILD)/tools/%.o: tools/%.c $(FLAGS_FILE) Makefile
	$(call say,CC,$@)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(CPPFLAGS) $(CFLAGS) $(WARNINGS) $(ANYWHERE) -std=gnu11 -D_GNU_SOURCE -D_FILE_OFFSET_BITS=64 -fPIE \
	    -Iplatform -Ipreload -Itools/osrandom -MMD -MP -c -o $@ $<
-include $(STATUS_READER:.o=.d)

define status_rules
$(STATUS_DIR)/$(1)/target $(STATUS_DIR)/$(1)/target.so: tests/status/programs/target.c \
        tests/probes/probe.h $(BUILD)/trees/$(1) $(FLAGS_FILE)
	$$(call say,PROGRAM,$$@)
	$$(Q)mkdir -p $$(@D)
	$$(Q). $$$$(cat $(BUILD)/trees/$(1))/tree.env && \
	    $$(CC) -O1 -g $$(TEST_CFLAGS) -Itests/probes -Wno-deprecated-declarations -isystem $$$$INCLUDE \
	    $$(if $$(filter %.so,$$@),-fPIC -shared,-fPIE -pie) -o $$@ $$< $$$$LIBCRYPTO -lpthread \
	    -Wl,--allow-shlib-undefined
STATUS_FILES += $(STATUS_DIR)/$(1)/target $(STATUS_DIR)/$(1)/target.so
endef
$(foreach tree,$(TREES),$(eval $(call status_rules,$(tree))))

ifneq ($(shell command -v musl-gcc),)
STATUS_FILES += $(STATUS_DIR)/musl/target
$(STATUS_DIR)/musl/target: tests/status/programs/target.c $(BUILD)/load/musl/libsmall_openssl.so
	$(call say,PROGRAM,$@)
	$(Q)mkdir -p $(@D)
	$(Q)musl-gcc -std=gnu11 -D_GNU_SOURCE -O1 -g -Wall -Wextra -Werror -DSMALL_OPENSSL \
	    -Ipreload -Itests/load/programs -fPIE -pie -o $@ $< -L$(BUILD)/load/musl -lsmall_openssl -lpthread \
	    -Wl,-rpath,$(abspath $(BUILD)/load/musl)
endif

# A process of 32 bits, whose loader is the cross compiler's.
STATUS_NARROW_CC := i686-linux-gnu-gcc
STATUS_NARROW_DIR := $(STATUS_DIR)/i386
ifneq ($(shell command -v $(STATUS_NARROW_CC)),)
STATUS_FILES += $(addprefix $(STATUS_NARROW_DIR)/,libosrandom_preload.so target)
$(STATUS_NARROW_DIR)/libosrandom_preload.so: $(SHIM) tests/status/suite.mk
	$(call say,MAKE,$@)
	$(Q)$(MAKE) --no-print-directory BUILD='$(STATUS_NARROW_DIR)' CC=$(STATUS_NARROW_CC) CFLAGS='-O2 -g -Wno-psabi' \
	    CPPFLAGS= LDFLAGS= $@ $(if $(V),,>/dev/null)
	$(Q)touch $@

$(STATUS_NARROW_DIR)/libsmall_openssl.so: tests/load/programs/small_openssl.c $(FLAGS_FILE)
	$(call say,CC,$@)
	$(Q)mkdir -p $(@D)
	$(Q)$(STATUS_NARROW_CC) -std=gnu11 -D_GNU_SOURCE -O1 -g -Iplatform -Ipreload -fPIC -shared -o $@ $<

$(STATUS_NARROW_DIR)/target: tests/status/programs/target.c $(STATUS_NARROW_DIR)/libsmall_openssl.so
	$(call say,PROGRAM,$@)
	$(Q)libc=$$($(STATUS_NARROW_CC) -print-file-name=libc.so.6) && $(STATUS_NARROW_CC) -std=gnu11 -D_GNU_SOURCE -O1 -g \
	    -DSMALL_OPENSSL -Ipreload -Itests/load/programs -o $@ $< -L$(@D) -lsmall_openssl -lpthread \
	    -Wl,-rpath,$(abspath $(@D)):$${libc%/*} -Wl,--dynamic-linker=$${libc%/*}/ld-linux.so.2
endif

# Its segments lie in memory as they lie in the file, so that the file is taken for them at first.
STATUS_FILES += $(STATUS_DIR)/forged.so
$(STATUS_DIR)/forged.so: tests/status/programs/forged.c preload/status.h $(FLAGS_FILE)
	$(call say,PROGRAM,$@)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) -O1 -g $(TEST_CFLAGS) -fPIC -shared -nostdlib -Wl,-z,norelro -Wl,-z,separate-code \
	    -Wl,-z,max-page-size=4096 -o $@ $<

# Run with sanitizers where the compiler has them.
STATUS_SANITIZE = $(if $(call can_link,$(CC) -fsanitize=address$(comma)undefined),\
    -fsanitize=address$(comma)undefined -fno-sanitize-recover=all)
STATUS_FILES += $(STATUS_DIR)/fuzz
$(STATUS_DIR)/fuzz: tests/status/programs/fuzz.c $(wildcard tools/osrandom/*/*.[ch]) platform/elf_image.c \
        platform/elf_image.h preload/status.h $(FLAGS_FILE)
	$(call say,PROGRAM,$@)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) -O1 -g $(TEST_CFLAGS) $(STATUS_SANITIZE) -D_FILE_OFFSET_BITS=64 -Itools/osrandom -o $@ $< $(STATUS_READER:$(BUILD)/%.o=%.c) \
	    platform/elf_image.c

TEST_FILES += $(STATUS_FILES)
$(BUILD)/tests/status/run: $(STATUS_FILES) $(BUILD)/programs/late $(BUILD)/programs/both \
    $(BUILD)/programs/reload $(BUILD)/probes/openssl-3.0/unloadable.so $(SHIM)
