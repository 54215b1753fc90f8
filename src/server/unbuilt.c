/* unbuilt.c - what the server needs of the runtime that isn't built yet; each goes when it is. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "runtime/runtime.h"

/* The runtime's own take their place as soon as they are there. */

__attribute__((weak)) bool dag_stop_for_swap(struct dag *dag, int64_t timeout_us,
                                             struct dag_error *err)
{
    dag_stop(dag, true);
    return dag_wait(dag, timeout_us) ||
           dag_error_set(err, DAG_ERROR_LIMIT, "what it holds doesn't go out");
}

__attribute__((weak)) void dag_hand_over(struct dag *dag)
{
    (void)dag;
}

__attribute__((weak)) uint64_t runtime_drop_parked(struct runtime *runtime, const char *dag_name)
{
    (void)runtime;
    (void)dag_name;
    return 0;
}

__attribute__((weak)) bool dag_inject(struct dag *dag, int32_t subscriber,
                                      const struct dag_text *messages, size_t count,
                                      dag_injected done, void *context, size_t *accepted,
                                      struct dag_error *err)
{
    (void)dag, (void)subscriber, (void)messages, (void)count, (void)done, (void)context;
    *accepted = 0;
    return dag_error_set(err, DAG_ERROR_UNSUPPORTED, "messages can't be injected yet");
}

__attribute__((weak)) struct dag_tap *dag_tap_new(struct dag *dag, int32_t node, bool is_output,
                                                  uint32_t rate,
                                                  void (*tapped)(void *context,
                                                                 const struct dag_tapped *tapped),
                                                  void *context, struct dag_error *err)
{
    (void)dag, (void)node, (void)is_output, (void)rate, (void)tapped, (void)context;
    dag_error_set(err, DAG_ERROR_UNSUPPORTED, "nodes can't be tapped yet");
    return NULL;
}

__attribute__((weak)) void dag_tap_free(struct dag_tap *tap)
{
    (void)tap;
}
