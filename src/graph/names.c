/* names.c - the rule for names, and a table that finds a declared name fast. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "graph/names.h"

#include <stdlib.h>
#include <string.h>

#include "core/options.h"
#include "core/text.h"

const char name_rule[] = "A name must contain only ASCII letters, digits and underscores with at "
                         "least one letter, and be at most 1024 characters long";

bool name_is_valid(const char *name, size_t size)
{
    bool has_letter = false;

    for (size_t i = 0; i < size; i++) {
        char letter = name[i];

        if ((letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z'))
            has_letter = true;
        else if (letter != '_' && (letter < '0' || letter > '9'))
            return false;
    }
    return has_letter && size <= NAME_SIZE_MAX;
}

void names_free(struct names *names)
{
    free(names->items);
    free(names->slots);
    memset(names, 0, sizeof(*names));
}

/* The slot that holds the name, or the free one where it would go. */
static uint32_t *find_slot(const struct names *names, const char *text, size_t size)
{
    size_t mask = names->slot_count - 1;
    size_t i = (size_t)text_hash(text, size) & mask;

    for (;; i = (i + 1) & mask) {
        const struct names_item *item;

        if (names->slots[i] == 0)
            return &names->slots[i];
        item = &names->items[names->slots[i] - 1];
        if (item->size == size && memcmp(item->text, text, size) == 0)
            return &names->slots[i];
    }
}

int32_t names_find(const struct names *names, const char *text, size_t size)
{
    uint32_t slot;

    if (names->slot_count == 0)
        return -1;
    slot = *find_slot(names, text, size);
    return slot == 0 ? -1 : names->items[slot - 1].value;
}

static bool grow(struct names *names)
{
    size_t capacity = names->capacity ? names->capacity * 2 : 16;
    struct names_item *items = realloc(names->items, capacity * sizeof(*items));
    uint32_t *slots;

    if (!items)
        return false;
    names->items = items;
    slots = calloc(capacity * 2, sizeof(*slots));
    if (!slots)
        return false;
    free(names->slots);
    names->slots = slots;
    names->slot_count = capacity * 2;
    names->capacity = capacity;
    for (size_t i = 0; i < names->count; i++)
        *find_slot(names, items[i].text, items[i].size) = (uint32_t)i + 1;
    return true;
}

bool names_add(struct names *names, const char *text, size_t size, int32_t value)
{
    if (names->count == names->capacity && !grow(names))
        return false;
    names->items[names->count] = (struct names_item){text, size, value};
    *find_slot(names, text, size) = (uint32_t)++names->count;
    return true;
}

static const char *item_text(void *context, size_t i)
{
    const struct names *names = context;

    return i < names->count ? names->items[i].text : NULL;
}

const char *names_suggest(const struct names *names, const char *word)
{
    struct names copy = *names;

    return options_suggest(word, item_text, &copy);
}
