/* unbuilt.c - answers for operations whose handlers are not built yet. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "http/api.h"
#include "http/api_handlers.h"

#define UNBUILT(handler)                                                                           \
    void handler(void *context, struct http_request *request)                                      \
    {                                                                                              \
        (void)context;                                                                             \
        api_reply_error(request, 503, "not_built", "this operation is not built yet");             \
    }

/* state */
UNBUILT(handle_read_state)
UNBUILT(handle_read_why)
UNBUILT(handle_list_nodes)
UNBUILT(handle_read_node)
UNBUILT(handle_list_node_errors)
UNBUILT(handle_clear_node_errors)
UNBUILT(handle_read_series)
UNBUILT(handle_read_cycle)

/* dags */
UNBUILT(handle_list_dags)
UNBUILT(handle_create_dag)
UNBUILT(handle_read_dag)
UNBUILT(handle_update_dag)
UNBUILT(handle_delete_dag)
UNBUILT(handle_read_dag_details)
UNBUILT(handle_list_revisions)
UNBUILT(handle_read_revision)
UNBUILT(handle_roll_back_dag)
UNBUILT(handle_clone_dag)
UNBUILT(handle_read_layout)
UNBUILT(handle_put_layout)
UNBUILT(handle_plan_dag)

/* life */
UNBUILT(handle_start_dag)
UNBUILT(handle_restart_dag)
UNBUILT(handle_suspend_dag)
UNBUILT(handle_resume_dag)
UNBUILT(handle_stop_dag)
UNBUILT(handle_act_on_dags)
UNBUILT(handle_list_runs)

/* streams */
UNBUILT(handle_tap_node)
UNBUILT(handle_read_events)

/* messages */
UNBUILT(handle_publish_messages)
UNBUILT(handle_step_dag)
UNBUILT(handle_list_dead_letters)
UNBUILT(handle_discard_dead_letters)
UNBUILT(handle_redrive_dead_letters)
