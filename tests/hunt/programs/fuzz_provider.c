/*
 * libFuzzer on what osrandom makes of a process that shows the provider: its block, the proof that
 * the module in memory is ours, and the loader's list. The input is all that a hostile process can
 * show (reader_input.h), and begins with one that tells the truth. There must be an answer, well
 * formed, and nothing of what is read may be kept.
 */
#include "process/loader_list.h"
#include "process/proof.h"
#include "process/trail.h"
#include "process/verdict.h"
#include "reader_damage.h"

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool is_text(const char *text, size_t room)
{
    return memchr(text, '\0', room) != NULL;
}

/* An OpenSSL is named by where one of its files' mappings begins. No kernel's list has two at one
 * place (proc_pid_maps(5)), but an input may: all are looked through. */
static bool begins_mapping(const struct process *process, uint64_t base)
{
    for (size_t i = 0; i < process->count; i++) {
        const struct mapping *mapping = &process->mappings[i];

        if (mapping->start == base && mapping->inode != 0 && mapping->offset == 0)
            return true;
    }
    return false;
}

static void check(const struct process *process, const struct block_provider *provider)
{
    const struct block *module = &provider->module;

    need(module->source <= RANDOM_URANDOM && (module->word == 4 || module->word == 8));
    need(module->build_id_size <= sizeof(module->build_id));
    need(is_text(module->shim.path, sizeof(module->shim.path)));
    need(module->counters == BLOCK_COUNTED || (module->draws | module->bytes) == 0);
    need(provider->openssl_count <= OSRANDOM_PROVIDER_OPENSSLS);
    for (size_t i = 0; i < provider->openssl_count; i++)
        need(begins_mapping(process, provider->openssl[i].base));
}

/* What `osrandom status --why` prints. */
static void check_trail(void)
{
    for (const char *byte = trail_text(); *byte; byte++)
        need(*byte == '\n' || ((unsigned char)*byte >= ' ' && *byte != 0x7f));
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    (void)argc, (void)argv;
    trail_start();
    verdict_start(BUILD_DIR "/libosrandom_preload.so", BUILD_DIR "/engines/osrandom.so");
    return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct findings findings;
    struct process process;
    const char *wrong;
    bool changed;

    if (!reader_process(&process, data, size))
        return 0;
    trail_clear();
    findings.result = blocks_of_process(&process, &findings.status, &findings.provider, &changed);
    need(findings.result <= BLOCK_FAILED);
    if (findings.provider.is_there) {
        check(&process, &findings.provider);
        wrong = proof_fails(PROOF_MODULE, &process, &findings.provider.module);
        verdict_on_provider(&findings, &process);
        need(findings.provider.is_there != findings.has_false_provider);
        need(!findings.provider.is_there || !wrong ||
             !proof_is_same_build(PROOF_MODULE, &findings.provider.module));
    }
    check_trail();
    need(loader_lists(&process, findings.provider.module.dynamic) <= LIST_UNREADABLE);
    process_close(&process);
    return 0;
}
