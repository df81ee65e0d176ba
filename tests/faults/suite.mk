# probe is the shim's own objects, without what stands over OpenSSL's and the C library's names, and
# the model. Each of mutants/ is a probe with one fault in the shim.
check: export OSRANDOM_TEST_QUICK := 1

FAULTS_SHIM := $(filter-out $(addprefix $(BUILD)/preload/,draws.o defaults.o swaps.o engines.o signal.o engine.o engine_list.o freestanding.o),$(SHIM_OBJECTS))
FAULTS_PROBE := $(addprefix $(BUILD)/tests/faults/,programs/probe.o child.o model.o plan.o rows.o \
                  supervisor.o table.o)
FAULTS_MUTANTS := $(shell sed -n 's,^\([a-z_]\+\) .*,$(BUILD)/tests/faults/mutants/\1,p' tests/faults/mutants)
TEST_FILES += $(BUILD)/tests/faults/probe $(FAULTS_MUTANTS)
-include $(BUILD)/tests/faults/programs/probe.d

$(BUILD)/tests/faults/probe: $(FAULTS_PROBE) $(FAULTS_SHIM)
	$(call say,LINK,$@)
	$(Q)$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $^ -ldl

# The file that the mutant is of, with what sed makes of it, in the place of its object.
$(FAULTS_MUTANTS): $(FAULTS_PROBE) $(FAULTS_SHIM) tests/faults/mutants
	$(call say,MUTANT,$@)
	$(Q)mkdir -p $(@D)
	$(Q)read -r name file source usage change <<<"$$(grep '^$(@F) ' tests/faults/mutants)" && \
	    sed "$$change" $$file >$@.c && \
	    $(CC) $(CPPFLAGS) $(CFLAGS) $(FREESTANDING) -w -Iplatform -Ipreload -I$${file%/*} -c -o $@.o $@.c && \
	    $(CC) $(CFLAGS) $(LDFLAGS) -o $@ $(FAULTS_PROBE) $@.o \
	        $$(printf '%s\n' $(FAULTS_SHIM) | grep -vxF $(BUILD)/$${file%.c}.o) -ldl
$(FAULTS_MUTANTS): SHELL := /bin/bash
