import{a as y,d as k,e as P}from"./part-EOGKJSGT.js";import{b as h}from"./part-FNZHEPGF.js";import"./part-CR7ISZZP.js";import{a as N}from"./part-ZOF7RUAL.js";import{d as b,e as w}from"./part-XAVYYX3W.js";import{b as I,c as f}from"./part-UNH4OB5A.js";import"./part-22Z3CONE.js";import{a as u}from"./part-E767UOL2.js";import{l as m,m as x,n as E}from"./part-IFAHUKXN.js";import{d as C}from"./part-TNF4UPQQ.js";import"./part-ZGRRZHDQ.js";import{B as v,D as T,G as n,H as i,b as c,j as t,o as d,p as $,q as g,r as p}from"./part-24ZBOSAH.js";var o=n.account,S=["viewer","operator","admin"];function _(){let a=b(()=>$("/me/tokens"),[]),r=b(()=>$("/me/login-sessions"),[]),s=u.value;return s?t`<main id="main" class="page page--narrow">
    <div class="page-head"><h1>${s.name}</h1><span class="tag">${s.role}</span><span class="tag mono">${s.scope||"*"}</span><span class="spacer"></span>
      <button class="button" type="button" onClick=${()=>m(()=>t`<${D} />`)}><${i} name="edit" />${o.password}</button></div>
    <section class="panel">
      <header class="panel-head"><h2>${o.tokens}</h2><span class="spacer"></span><button class="button button--small" type="button" onClick=${()=>m(()=>t`<${F} done=${a.reload} />`)}><${i} name="add" small />${o.newToken}</button></header>
      <div class="panel-body"><${w} of=${a}>${l=>t`<${P} items=${l.items} revoke=${e=>y(()=>d("DELETE",p`/me/tokens/${e}`),n.users.revoked,n.users.notChanged,a.reload)} />`}<//></div>
    </section>
    <section class="panel">
      <header class="panel-head"><h2>${o.logins}</h2></header>
      <div class="panel-body"><${w} of=${r}>
        ${l=>t`<${N}
          label=${o.logins}
          items=${l.items}
          keyOf=${e=>e.id}
          columns=${[{key:"address",label:o.address,bare:!0,cell:e=>t`<b>${e.address}</b>${e.is_current?t` <span class="tag">${o.here}</span>`:""}`},{key:"since",label:o.since,cell:e=>T(e.created)},{key:"used",label:o.used,cell:e=>t`<span class="muted">${v(e.last_used)}</span>`},{key:"more",label:"",number:!0,bare:!0,cell:e=>!e.is_current&&t`<button class="button button--small" type="button" onClick=${()=>y(()=>d("DELETE",p`/me/login-sessions/${e.id}`),o.ended,n.users.notChanged,r.reload)}>${o.end}</button>`}]}
        />`}
      <//></div>
    </section>
  </main>`:null}function D(){let[a,r]=c(""),[s,l]=c("");return t`<${k} title=${o.password} action=${n.common.save} send=${()=>d("PUT","/me/password",{body:{old_password:a,new_password:s}})} good=${o.changed}>
    <${h} label=${o.oldPassword} value=${a} onInput=${r} autocomplete="current-password" />
    <${h} label=${n.users.newPassword} value=${s} onInput=${l} autocomplete="new-password" help=${n.setup.rule} />
  <//>`}function F({done:a}){let r=S.indexOf(u.value?.role??"viewer"),[s,l]=c({name:"",role:"viewer",days:"90"});return t`<${k}
    title=${o.newToken}
    action=${o.create}
    good=${o.created}
    done=${a}
    send=${async()=>{let e=await g("/me/tokens",{name:s.name,role:s.role,days:Number(s.days)});setTimeout(()=>m(()=>t`<${O} secret=${e.secret} />`),0)}}
  >
    <${I} label=${n.users.columns.name} value=${s.name} onInput=${e=>l({...s,name:e})} help=${o.tokenName} />
    <${f} label=${n.users.columns.role} value=${s.role} onInput=${e=>l({...s,role:e})} options=${S.slice(0,r+1).map(e=>({value:e,label:e}))} />
    <${f} label=${o.days} value=${s.days} onInput=${e=>l({...s,days:e})} options=${["7","30","90","365"].map(e=>({value:e,label:o.daysOf(e)}))} />
  <//>`}function O({secret:a}){let r=async()=>{await navigator.clipboard.writeText(a),C(n.common.copied)};return t`<${E} title=${o.secretTitle} foot=${t`<span class="spacer"></span><button class="button button--primary" type="button" onClick=${x}>${n.common.close}</button>`}>
    <p>${o.secretNote}</p>
    <div class="row"><code class="code-well mono secret">${a}</code><button class="button" type="button" onClick=${r}><${i} name="copy" />${n.common.copy}</button></div>
  <//>`}export{_ as default};
