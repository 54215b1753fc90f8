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

/* account */
UNBUILT(handle_set_up)
UNBUILT(handle_login)
UNBUILT(handle_logout)
UNBUILT(handle_read_me)
UNBUILT(handle_change_my_password)
UNBUILT(handle_list_my_tokens)
UNBUILT(handle_create_my_token)
UNBUILT(handle_revoke_my_token)
UNBUILT(handle_list_my_login_sessions)
UNBUILT(handle_end_my_login_session)

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

/* authoring */
UNBUILT(handle_validate_dag)
UNBUILT(handle_list_components)
UNBUILT(handle_read_component)
UNBUILT(handle_read_dag_schema)

/* users */
UNBUILT(handle_list_users)
UNBUILT(handle_create_user)
UNBUILT(handle_read_user)
UNBUILT(handle_update_user)
UNBUILT(handle_delete_user)
UNBUILT(handle_reset_password)
UNBUILT(handle_end_login_sessions)
UNBUILT(handle_list_tokens)
UNBUILT(handle_revoke_tokens)
UNBUILT(handle_read_token)
UNBUILT(handle_revoke_token)

/* audit */
UNBUILT(handle_list_audit)
UNBUILT(handle_export_audit)

/* server */
UNBUILT(handle_read_server)
UNBUILT(handle_read_config)
UNBUILT(handle_read_log_levels)
UNBUILT(handle_put_log_levels)
UNBUILT(handle_read_cluster)
UNBUILT(handle_step_down)
UNBUILT(handle_drain_server)
UNBUILT(handle_read_openapi)

/* probes */
UNBUILT(handle_read_health)
UNBUILT(handle_read_readiness)
UNBUILT(handle_read_metrics)
