/*
 * See settings_table.h, and preload/settings.c, which a test compares it with.
 */
#include "settings_table.h"

const struct setting_words settings_table[SETTINGS] = {
    [SETTING_MODE] = {"mode", "OSRANDOM_MODE", {"activate", "register", "builtin", "reseed"}},
    [SETTING_SOURCE] = {"source",
                        "OSRANDOM_SOURCE",
                        {"auto", "vdso", "getrandom", "getentropy", "urandom"}},
    [SETTING_ON_SWAP] = {"on-swap", "OSRANDOM_ON_SWAP", {"keep", "fail", "abort", "allow"}},
    [SETTING_ON_REPLACE] = {"on-replace",
                            "OSRANDOM_ON_REPLACE",
                            {"ignore", "fail", "abort", "allow"}},
    [SETTING_ON_FAILURE] = {"on-failure", "OSRANDOM_ON_FAILURE", {"error", "abort"}},
    [SETTING_LOG] = {"log", "OSRANDOM_LOG", {"warn", "quiet", "info"}},
};
