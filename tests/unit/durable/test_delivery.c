/* test_delivery.c - what can be exactly-once, what has no state, and which inputs are the same. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "durable/keeper.h"
#include "graph/check.h"
#include "support/fake_registry.h"

#define FILE_IN  "{\"name\":\"in\",\"config\":{\"source\":\"file:///in\"}}"
#define MEM_IN   "{\"name\":\"in\",\"config\":{\"source\":\"mem://queue/q\"}}"
#define LATEST   "{\"name\":\"in\",\"config\":{\"source\":\"file:///in\",\"overflow\":\"latest\"}}"
#define STDIN_IN "{\"name\":\"in\",\"config\":{\"source\":\"file://-\"}}"
#define MORE_IN  ",{\"name\":\"more\",\"config\":{\"source\":\"file:///more\"}}"
#define TIMER_IN                                                                                   \
    "{\"name\":\"in\",\"config\":{\"source\":\"metronome\",\"interval\":1,\"message\":{}}}"
#define FILE_OUT "{\"name\":\"out\",\"config\":{\"destination\":\"file:///out\"}}"
#define MEM_OUT  "{\"name\":\"out\",\"config\":{\"destination\":\"mem://queue/o\"}}"
#define TAKE     "{\"name\":\"take\",\"type\":\"SubscriptionNode\",\"subscriber\":\"in\"}"
#define ALSO     ",{\"name\":\"also\",\"type\":\"SubscriptionNode\",\"subscriber\":\"more\"}"
#define ROLL     ",{\"name\":\"roll\",\"type\":\"CalculationNode\",\"calculator\":\"dice\"}"
#define TICK     ",{\"name\":\"tick\",\"type\":\"MetronomeNode\",\"config\":{\"interval\":1}}"
#define GIVE     ",{\"name\":\"give\",\"type\":\"PublicationNode\",\"publishers\":[\"out\"]}"
#define EDGE     "{\"from_node\":\"take\",\"to_node\":\"give\"}"
#define VIA                                                                                        \
    "{\"from_node\":\"take\",\"to_node\":\"roll\"},{\"from_node\":\"roll\",\"to_node\":\"give\"}"
#define BOTH EDGE ",{\"from_node\":\"also\",\"to_node\":\"give\"}"

struct parts {
    const char *in, *out, *nodes, *edges, *members;
};

static struct plan *read_plan(const struct parts *parts)
{
    char text[4096];
    struct problems problems = {0};
    struct dag_error err = {0};

    snprintf(text, sizeof(text),
             "{\"name\":\"a\",%s\"subscribers\":[%s],\"publishers\":[%s],"
             "\"calculators\":[{\"name\":\"dice\",\"type\":\"DiceCalculator\"}],"
             "\"nodes\":[%s],\"edges\":[%s]}",
             parts->members ? parts->members : "", parts->in, parts->out, parts->nodes,
             parts->edges);
    struct plan *plan = graph_check(text, strlen(text), &fake_registry, NULL, &problems, &err);
    for (size_t i = 0; !plan && i < problems.count; i++)
        print_message("%s\n", problems.items[i].message);
    problems_free(&problems);
    assert_non_null(plan);
    return plan;
}

static void exactly_once_is_refused_by_name(void **unused)
{
    static const struct {
        struct parts parts;
        enum plan_journal_depth journal;
        enum plan_ack ack;
        const char *reason; /* NULL: it is possible */
    } cases[] = {
        {{FILE_IN, FILE_OUT, TAKE GIVE, EDGE, ""}, PLAN_JOURNAL_NONE, PLAN_ACK_DEFAULT, NULL},
        {{FILE_IN, FILE_OUT, TAKE GIVE, EDGE, ""}, PLAN_JOURNAL_ORDER, PLAN_ACK_DEFAULT, NULL},
        {{MEM_IN, FILE_OUT, TAKE GIVE, EDGE, ""},
         PLAN_JOURNAL_ORDER,
         PLAN_ACK_DEFAULT,
         "subscriber 'in' can't read its source again"},
        {{MEM_IN, FILE_OUT, TAKE GIVE, EDGE, ""},
         PLAN_JOURNAL_EVENTS,
         PLAN_ACK_DEFAULT,
         "subscriber 'in' can't read its source again"},
        {{MEM_IN, FILE_OUT, TAKE GIVE, EDGE, ""}, PLAN_JOURNAL_EVENTS, PLAN_ACK_JOURNAL, NULL},
        {{STDIN_IN, FILE_OUT, TAKE GIVE, EDGE, ""},
         PLAN_JOURNAL_ORDER,
         PLAN_ACK_DEFAULT,
         "subscriber 'in' can't read its source again"},
        {{FILE_IN, MEM_OUT, TAKE GIVE, EDGE, ""},
         PLAN_JOURNAL_ORDER,
         PLAN_ACK_DEFAULT,
         "publisher 'out' keeps no progress"},
        {{FILE_IN, FILE_OUT, TAKE ROLL GIVE, VIA, ""},
         PLAN_JOURNAL_ORDER,
         PLAN_ACK_DEFAULT,
         "calculator 'dice' may answer differently"},
        {{FILE_IN MORE_IN, FILE_OUT, TAKE ALSO GIVE, BOTH, ""},
         PLAN_JOURNAL_NONE,
         PLAN_ACK_DEFAULT,
         "node 'also' is a second one that takes events"},
        {{FILE_IN MORE_IN, FILE_OUT, TAKE ALSO GIVE, BOTH, ""},
         PLAN_JOURNAL_ORDER,
         PLAN_ACK_DEFAULT,
         NULL},
        {{FILE_IN, FILE_OUT, TAKE TICK GIVE, EDGE, ""},
         PLAN_JOURNAL_NONE,
         PLAN_ACK_DEFAULT,
         "node 'tick' is a timer, which needs a journal"},
        {{FILE_IN, FILE_OUT, TAKE TICK GIVE, EDGE, ""}, PLAN_JOURNAL_ORDER, PLAN_ACK_DEFAULT, NULL},
        {{TIMER_IN, FILE_OUT, TAKE GIVE, EDGE, ""},
         PLAN_JOURNAL_NONE,
         PLAN_ACK_DEFAULT,
         "subscriber 'in' is a timer, which needs a journal"},
        {{LATEST, FILE_OUT, TAKE GIVE, EDGE, ""},
         PLAN_JOURNAL_NONE,
         PLAN_ACK_DEFAULT,
         "subscriber 'in' may drop events"},
    };

    (void)unused;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct plan *plan = read_plan(&cases[i].parts);
        struct dag_error err = {0};
        assert_true(delivery_is_possible(plan, &err));
        plan->delivery = PLAN_EXACTLY_ONCE;
        plan->journal = cases[i].journal;
        plan->ack = cases[i].ack;
        assert_int_equal(delivery_is_possible(plan, &err), cases[i].reason == NULL);
        if (cases[i].reason)
            assert_non_null(strstr(err.message, cases[i].reason));
        plan_free(plan);
    }
}

static void only_plain_chains_have_no_state(void **unused)
{
    static const struct {
        struct parts parts;
        bool is_stateless;
    } cases[] = {
        {{MEM_IN, MEM_OUT, TAKE GIVE, EDGE, ""}, true},
        {{MEM_IN, MEM_OUT, TAKE ROLL GIVE, VIA, ""}, true},
        {{MEM_IN, MEM_OUT, TAKE TICK GIVE, EDGE, ""}, true},
        {{MEM_IN, MEM_OUT, TAKE GIVE, EDGE, "\"propagate\":\"changes\","}, false},
        {{MEM_IN MORE_IN, MEM_OUT, TAKE ALSO GIVE, BOTH, ""}, false},
    };

    (void)unused;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct plan *plan = read_plan(&cases[i].parts);
        assert_int_equal(delivery_is_stateless(plan), cases[i].is_stateless);
        plan_free(plan);
    }
}

static void inputs_are_the_same_while_their_nodes_are(void **unused)
{
    static const struct {
        struct parts parts;
        bool is_same; /* as the first */
        size_t events, metronomes;
    } cases[] = {
        {{FILE_IN MORE_IN, FILE_OUT, TAKE ALSO GIVE, BOTH, ""}, true, 2, 0},
        {{FILE_IN MORE_IN, MEM_OUT, TAKE ROLL ALSO GIVE, VIA, ""}, true, 2, 0},
        {{MEM_IN MORE_IN, FILE_OUT, TAKE ALSO GIVE, BOTH, ""}, false, 2, 0},
        {{FILE_IN, FILE_OUT, TAKE GIVE, EDGE, ""}, false, 1, 0},
        {{FILE_IN MORE_IN, FILE_OUT, TAKE ALSO TICK GIVE, BOTH, ""}, false, 2, 1},
    };
    char first[20], hash[20];
    size_t events, metronomes;

    (void)unused;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct plan *plan = read_plan(&cases[i].parts);
        delivery_inputs_hash(plan, hash, &events, &metronomes);
        if (i == 0)
            memcpy(first, hash, sizeof(first));
        assert_int_equal(strcmp(hash, first) == 0, cases[i].is_same);
        assert_int_equal(events, cases[i].events);
        assert_int_equal(metronomes, cases[i].metronomes);
        plan_free(plan);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(exactly_once_is_refused_by_name),
        cmocka_unit_test(only_plain_chains_have_no_state),
        cmocka_unit_test(inputs_are_the_same_while_their_nodes_are),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
