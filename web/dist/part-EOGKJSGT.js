import{b as x}from"./part-FNZHEPGF.js";import{a as C}from"./part-ZOF7RUAL.js";import{b as L,d as k,e as w}from"./part-XAVYYX3W.js";import{b as p,c as E,g as B}from"./part-UNH4OB5A.js";import{a as U}from"./part-22Z3CONE.js";import{a as f}from"./part-E767UOL2.js";import{l as c,m as T,n as _,o as R}from"./part-IFAHUKXN.js";import{d as h,f as H}from"./part-TNF4UPQQ.js";import{a as D,d as O}from"./part-ZGRRZHDQ.js";import{B as y,D as g,G as r,H as v,I as F,L as q,b as m,j as a,o as $,p as b,q as S,r as i,s as A}from"./part-24ZBOSAH.js";var e=r.users,G=["viewer","operator","admin"].map(n=>({value:n,label:n}));async function d(n,l,s,t){try{await n(),h(l)}catch(o){H(s,o)}t()}function z(){let n=D.value.query.get("q")??"",l=k(()=>b("/users"+A({q:n,limit:500})),[n]),s=t=>[{label:e.edit,icon:"edit",run:()=>c(()=>a`<${V} user=${t} done=${l.reload} />`)},{label:e.reset,icon:"restart",run:()=>c(()=>a`<${W} user=${t.name} />`)},{label:t.is_disabled?e.enable:e.disable,icon:t.is_disabled?"start":"stop",run:()=>d(()=>$("PATCH",i`/users/${t.name}`,{body:{is_disabled:!t.is_disabled}}),t.is_disabled?e.enabled(t.name):e.disabled(t.name),e.notChanged,l.reload)},{label:e.signOutAll,icon:"sign_out",run:()=>d(()=>$("DELETE",i`/users/${t.name}/login-sessions`),e.signedOut(t.name),e.notChanged,l.reload)},{label:e.tokens,icon:"code",run:()=>c(()=>a`<${X} user=${t.name} />`)},{label:e.remove,icon:"delete",danger:!0,line:!0,reason:t.name===f.value?.name?e.yourself:void 0,run:()=>c(()=>a`<${R} title=${e.removeTitle(t.name)} detail=${e.removeDetail} action=${e.remove} word=${t.name} run=${()=>d(()=>$("DELETE",i`/users/${t.name}`),e.removed(t.name),e.notChanged,l.reload)} />`)}];return a`<main id="main" class="page page--narrow">
    <div class="page-head"><h1>${e.title}</h1><span class="spacer"></span><button class="button button--primary" type="button" onClick=${()=>c(()=>a`<${K} done=${l.reload} />`)}><${v} name="add" />${e.add}</button></div>
    <div class="filters"><${B} label=${e.filter} value=${n} onInput=${t=>O({q:t})} /></div>
    <section class="panel table-wrap">
      <${w} of=${l}>
        ${t=>t.items.length===0?a`<${L} title=${e.none} drawing=${a`<${v} name="users" />`} />`:a`<${C}
                label=${e.title}
                items=${t.items}
                keyOf=${o=>o.name}
                columns=${[{key:"name",label:e.columns.name,bare:!0,cell:o=>a`<b>${o.name}</b>${o.name===f.value?.name?a` <span class="tag">${e.you}</span>`:""}`},{key:"role",label:e.columns.role,cell:o=>o.role},{key:"scope",label:e.columns.scope,cell:o=>a`<span class="mono">${o.scope||"*"}</span>`},{key:"login",label:e.columns.login,cell:o=>a`<span class="muted" title=${g(o.last_login)}>${o.last_login?y(o.last_login):r.common.never}</span>`},{key:"tokens",label:e.columns.tokens,number:!0,cell:o=>o.token_count??0},{key:"state",label:e.columns.state,bare:!0,cell:o=>o.is_disabled?a`<${q} tone="stopped">${e.isDisabled}<//>`:a`<span class="muted">${e.isActive}</span>`},{key:"more",label:"",number:!0,bare:!0,cell:o=>a`<${U} label=${r.dashboard.moreActions(o.name)} icon="more" quiet small items=${s(o)} />`}]}
              />`}
      <//>
    </section>
  </main>`}function J({error:n}){return a`<div aria-live="assertive">${n&&a`<p class="note note--failed"><${F} name="failed" tone="failed" />${n.message}</p>`}</div>`}function I({title:n,action:l,send:s,good:t,done:o,children:u}){let[M,N]=m(null),[Q,P]=m(!1);return a`<${_} title=${n} onSubmit=${async()=>{P(!0);try{await s(),T(),h(t),o?.()}catch(j){N(j)}P(!1)}} foot=${a`<span class="spacer"></span><button class="button" type="button" onClick=${T}>${r.common.cancel}</button><button class="button button--primary" type="submit" disabled=${Q}>${l}</button>`}>
    ${u}<${J} error=${M} />
  <//>`}function K({done:n}){let[l,s]=m({name:"",password:"",role:"viewer",scope:""}),t=o=>s({...l,...o});return a`<${I} title=${e.add} action=${e.create} send=${()=>S("/users",{name:l.name,password:l.password,role:l.role,...l.scope?{scope:l.scope}:{}})} good=${e.created(l.name)} done=${n}>
    <${p} label=${e.columns.name} value=${l.name} onInput=${o=>t({name:o})} />
    <${x} label=${r.login.password} value=${l.password} onInput=${o=>t({password:o})} autocomplete="new-password" help=${r.setup.rule} />
    <${E} label=${e.columns.role} value=${l.role} onInput=${o=>t({role:o})} options=${G} help=${e.roles[l.role]} />
    <${p} label=${e.columns.scope} value=${l.scope} onInput=${o=>t({scope:o})} mono placeholder="trade_*, fx_rates" help=${e.scopeHelp} optional=${r.common.optional} />
  <//>`}function V({user:n,done:l}){let[s,t]=m(n.role),[o,u]=m(n.scope);return a`<${I} title=${e.editTitle(n.name)} action=${r.common.save} send=${()=>$("PATCH",i`/users/${n.name}`,{body:{role:s,scope:o}})} good=${e.changed(n.name)} done=${l}>
    <${E} label=${e.columns.role} value=${s} onInput=${t} options=${G} help=${e.roles[s]} />
    <${p} label=${e.columns.scope} value=${o} onInput=${u} mono help=${e.scopeHelp} optional=${r.common.optional} />
  <//>`}function W({user:n}){let[l,s]=m("");return a`<${I} title=${e.resetTitle(n)} action=${e.reset} send=${()=>$("PUT",i`/users/${n}/password`,{body:{password:l}})} good=${e.wasReset(n)}>
    <${x} label=${e.newPassword} value=${l} onInput=${s} autocomplete="new-password" help=${r.setup.rule} />
  <//>`}function X({user:n}){let l=k(()=>b(i`/users/${n}/tokens`),[n]);return a`<${_} wide title=${e.tokensOf(n)}>
    <${w} of=${l}>${s=>a`<${Y} items=${s.items} revoke=${t=>d(()=>$("DELETE",i`/users/${n}/tokens/${t}`),e.revoked,e.notChanged,l.reload)} />`}<//>
  <//>`}function Y({items:n,revoke:l}){return n.length===0?a`<p class="muted">${e.noTokens}</p>`:a`<${C}
    label=${e.tokens}
    items=${n}
    keyOf=${s=>s.id}
    columns=${[{key:"name",label:e.columns.name,bare:!0,cell:s=>a`<b>${s.name}</b>`},{key:"role",label:e.columns.role,cell:s=>s.role},{key:"expires",label:e.columns.expires,cell:s=>g(s.expires)},{key:"used",label:e.columns.used,cell:s=>a`<span class="muted">${s.last_used?y(s.last_used):r.common.never}</span>`},{key:"more",label:"",number:!0,bare:!0,cell:s=>a`<button class="button button--small button--danger" type="button" aria-label=${e.revokeOne(s.name)} onClick=${()=>l(s.id)}>${e.revoke}</button>`}]}
  />`}export{d as a,z as b,J as c,I as d,Y as e};
