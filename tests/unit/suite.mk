# The parts of preload/ that stand by themselves, and what the tests load and run.
unit_LINKS += $(patsubst %,$(BUILD)/preload/%.o,build_id generators guard report rules setting_words settings symbol_file \
                symbol_search)

# platform/loaded.c as it is under a C library that does not tell what lies at an address.
BELOW := $(BUILD)/tests/unit/loaded_below.o
unit_LINKS += $(BELOW)
$(BELOW): $(BUILD)/platform/loaded.o
	$(call say,OBJCOPY,$@)
	$(Q)mkdir -p $(@D)
	$(Q)objcopy --redefine-sym _dl_find_object=told_by_nobody --redefine-sym loaded_at=below_at \
	    --redefine-sym loaded_from=below_from --redefine-sym loaded_still=below_still \
	    --redefine-sym loaded_find_headers=below_find_headers $< $@

# preload/libcrypto.c, told by the test what is still loaded.
ENTRIES := $(BUILD)/tests/unit/libcrypto_entries.o
unit_LINKS += $(ENTRIES)
$(ENTRIES): $(BUILD)/preload/libcrypto.o
	$(call say,OBJCOPY,$@)
	$(Q)mkdir -p $(@D)
	$(Q)objcopy --redefine-sym loaded_still=entry_still $< $@

# The test program exports its symbols, so that it can be looked up in like a library.
$(BUILD)/tests/unit/run: LDFLAGS += -rdynamic

UNIT_FILES := $(addprefix $(BUILD)/tests/unit/,small-sysv.so small-gnu.so libearly-lazy.so libearly-now.so \
                early-lazy early-now getenv_probe settings_probe)
# Objects of which copy.c's functions are looked for: see objects/copy.c.
COPIES := $(addprefix $(BUILD)/tests/unit/copy,.so .debug -anonymous.so -stripped.so -anonymous-stripped.so -other.so \
            -other.debug -other-anonymous.so -two.so)
UNIT_FILES += $(COPIES)
TEST_FILES += $(UNIT_FILES)
UNIT_COMPILE = $(CC) -O1 $(TEST_CFLAGS) -o $@

$(UNIT_FILES): $(FLAGS_FILE) tests/unit/suite.mk

$(BUILD)/tests/unit/small-%.so: tests/unit/objects/small.c
	$(call say,LINK,$@)
	$(Q)mkdir -p $(@D)
	$(Q)$(UNIT_COMPILE) -fPIC -shared $< -Wl,--hash-style=$* -Wl,-soname,libsmall.so.1 -lm

$(BUILD)/tests/unit/libearly-%.so: tests/unit/objects/early_getenv.c
	$(call say,LINK,$@)
	$(Q)mkdir -p $(@D)
	$(Q)$(UNIT_COMPILE) -fPIC -shared $< -Wl,-z,$* -Wl,-soname,$(@F)

$(BUILD)/tests/unit/early-%: tests/unit/objects/early_program.c $(BUILD)/tests/unit/libearly-%.so
	$(call say,LINK,$@)
	$(Q)$(UNIT_COMPILE) $(filter-out %.mk $(FLAGS_FILE),$^) -Wl,-rpath,'$$ORIGIN'

$(BUILD)/tests/unit/getenv_probe: tests/unit/objects/getenv_probe.c
	$(call say,LINK,$@)
	$(Q)mkdir -p $(@D)
	$(Q)$(UNIT_COMPILE) $<

$(BUILD)/tests/unit/settings_probe: tests/unit/objects/settings_probe.c \
    $(addprefix $(BUILD)/preload/,setting_words.o settings.o report.o) $(BUILD)/platform/linux_file.o
	$(call say,LINK,$@)
	$(Q)mkdir -p $(@D)
	$(Q)$(UNIT_COMPILE) $(filter-out %.mk $(FLAGS_FILE),$^)

$(BUILD)/tests/unit/copy-%.o: tests/unit/objects/copy.c
	$(call say,CC,$@)
	$(Q)mkdir -p $(@D)
	$(Q)$(UNIT_COMPILE) -fPIC -c $($(@F)_FLAGS) $<
copy-1.o_FLAGS := -DCOPY=1
copy-2.o_FLAGS := -DCOPY=2
.SECONDARY: $(addprefix $(BUILD)/tests/unit/copy-,1.o 2.o)

$(BUILD)/tests/unit/copy.so $(BUILD)/tests/unit/copy-anonymous.so: $(BUILD)/tests/unit/copy-1.o
$(BUILD)/tests/unit/copy-other.so $(BUILD)/tests/unit/copy-other-anonymous.so: $(BUILD)/tests/unit/copy-2.o
$(BUILD)/tests/unit/copy-two.so: $(addprefix $(BUILD)/tests/unit/copy-,1.o 2.o)

$(filter-out %-stripped.so,$(filter %.so,$(COPIES))):
	$(call say,LINK,$@)
	$(Q)$(UNIT_COMPILE) -shared $(filter %.o,$^) \
	    -Wl,--build-id=$(if $(findstring anonymous,$@),none,sha1)

$(BUILD)/tests/unit/copy%-stripped.so: $(BUILD)/tests/unit/copy%.so
	$(call say,STRIP,$@)
	$(Q)$(STRIP) -o $@ $<

$(BUILD)/tests/unit/copy-stripped.so: $(BUILD)/tests/unit/copy.so
	$(call say,STRIP,$@)
	$(Q)$(STRIP) -o $@ $<

$(BUILD)/tests/unit/copy%.debug: $(BUILD)/tests/unit/copy%.so
	$(call say,DEBUG,$@)
	$(Q)objcopy --only-keep-debug $< $@

$(BUILD)/tests/unit/copy.debug: $(BUILD)/tests/unit/copy.so
	$(call say,DEBUG,$@)
	$(Q)objcopy --only-keep-debug $< $@
