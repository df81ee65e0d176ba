/*
 * What libelf.a of elfutils 0.192 and later calls, and distributions do not ship beside it: the
 * tree of an ELF file's raw chunks, which osrandom never asks for. Weak, for where it is shipped;
 * with the shared libelf nobody calls it.
 */
struct search_tree;

void eu_search_tree_init(struct search_tree *tree);
void eu_search_tree_fini(struct search_tree *tree, void (*free_node)(void *));

__attribute__((weak)) void eu_search_tree_init(struct search_tree *tree)
{
    (void)tree;
}

__attribute__((weak)) void eu_search_tree_fini(struct search_tree *tree, void (*free_node)(void *))
{
    (void)tree;
    (void)free_node;
}
