# The tests of osrandom's answers read JSON, and take the command into a box.
$(BUILD)/tests/apps/run: LDFLAGS += -Wl,--no-as-needed -ljansson
TEST_FILES += $(BUILD)/osrandom.static
