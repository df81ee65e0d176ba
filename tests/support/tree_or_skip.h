/*
 * A tree that a test cannot do without.
 */
#ifndef OSRANDOM_TESTS_TREE_OR_SKIP_H
#define OSRANDOM_TESTS_TREE_OR_SKIP_H

#include <criterion/criterion.h>

#include "trees.h"

/* The test is skipped, with the reason, if it has not been fetched. */
static inline const struct tree *tree_or_skip(const char *name)
{
    const struct tree *tree = tree_named(name);

    if (!tree)
        cr_skip_test("%s has not been fetched: make tests does that, or says why it cannot", name);
    return tree;
}

#endif
