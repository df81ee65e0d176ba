# The parts of preload/ that stand by themselves, and what the tests load and run.
unit_LINKS += $(patsubst %,$(BUILD)/preload/%.o,generators report settings)

# The test program exports its symbols, so that it can be looked up in like a library.
$(BUILD)/tests/unit/run: LDFLAGS += -rdynamic

UNIT_FILES := $(addprefix $(BUILD)/tests/unit/,small-sysv.so small-gnu.so libearly-lazy.so libearly-now.so \
                early-lazy early-now getenv_probe settings_probe)
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
    $(BUILD)/preload/settings.o $(BUILD)/preload/report.o $(BUILD)/platform/linux_file.o
	$(call say,LINK,$@)
	$(Q)mkdir -p $(@D)
	$(Q)$(UNIT_COMPILE) $(filter-out %.mk $(FLAGS_FILE),$^)
