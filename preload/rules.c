/*
 * See rules.h.
 */
#include "rules.h"

#include "same_text.h"

/* What one line says. */
struct said {
    unsigned int values[SETTINGS]; /* and 1; 0: nothing */
    bool any, is_final;
};

static bool is_blank(char byte)
{
    return byte == ' ' || byte == '\t';
}

/* The next word, cut off in its place; NULL at the end of the line, or where a comment begins. */
static char *next_word(char **rest)
{
    char *word = *rest, *end;

    while (is_blank(*word))
        word++;
    for (end = word; *end && !is_blank(*end);)
        end++;
    *rest = *end ? end + 1 : end;
    *end = '\0';
    return *word && *word != '#' ? word : NULL;
}

/* What follows "mode=", where the variable is OSRANDOM_MODE; or NULL. */
static const char *value_in(const char *word, const char *variable)
{
    variable += sizeof("OSRANDOM_") - 1;
    for (; *variable && *word == (*variable == '_' ? '_' : *variable | 0x20); word++)
        variable++;
    return *variable == '\0' && *word == '=' ? word + 1 : NULL;
}

static bool take_word(struct said *said, const char *word)
{
    if (said->is_final)
        return false; /* it stands at the end */
    if (same_text(word, "final")) {
        said->is_final = said->any;
        return said->any;
    }
    for (size_t i = 0; i < SETTINGS; i++) {
        const char *value = value_in(word, setting_words[i].name);
        int position = value ? setting_position(setting_words[i].accepted, value) : -1;

        if (position >= 0) {
            said->values[i] = (unsigned int)position + 1;
            said->any = true;
            return true;
        }
    }
    return false;
}

static bool take_line(struct rules *rules)
{
    char *rest = rules->text, *word = next_word(&rest);
    struct said said = {.any = !word}; /* an empty line says enough */
    bool fits = true;

    if (word && *word == '/') {
        fits = rules->is_program(word, rules->context);
        word = next_word(&rest);
    }
    for (; word; word = next_word(&rest))
        if (!take_word(&said, word))
            return false;
    for (size_t i = 0; i < SETTINGS; i++)
        if (fits && said.values[i])
            rules->of[i] = (struct rule){rules->line, said.values[i] - 1, said.is_final};
    return said.any;
}

static void end_line(struct rules *rules)
{
    rules->text[rules->length] = '\0';
    rules->line++;
    if (!take_line(rules))
        rules->wrong = rules->line;
    rules->length = 0;
}

/* Of a comment, which may be long, the first byte is enough. */
void rules_add(struct rules *rules, const char *bytes, size_t count)
{
    for (size_t i = 0; i < count && !rules->wrong; i++) {
        if (bytes[i] == '\n')
            end_line(rules);
        else if (!bytes[i] || rules->length == RULES_LONGEST_LINE)
            rules->wrong = rules->line + 1;
        else if (!rules->length || rules->text[0] != '#')
            rules->text[rules->length++] = bytes[i];
    }
}

void rules_end(struct rules *rules)
{
    if (!rules->wrong && rules->length)
        end_line(rules);
}
