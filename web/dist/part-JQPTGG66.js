import{$ as y,A as Ne,Aa as Pe,B as vt,Ba as St,C as bs,Ca as lt,D as qe,Da as Ke,Ea as ve,F as Be,Fa as _t,G as Ae,Ga as Cs,H as gs,J as ys,Ka as Qe,P as ws,Q as Ee,R as P,S as ke,T as vs,U as je,V as Ze,W as _e,X as Fe,Y as he,Z as Jt,_ as m,aa as Y,b as g,ba as ks,c as R,ca as Ce,d as K,da as kt,e as Te,ea as be,f as $s,fa as it,g as bt,ga as I,h as Wt,ha as B,i as ae,ia as U,j as at,ja as Gt,k as Xe,ka as xe,l as ie,la as Kt,ma as G,na as pe,o as a,oa as Se,p as gt,pa as Ie,q as yt,qa as ze,r as z,ra as xs,s as L,sa as Ss,t as we,ta as _s,u as S,ua as xt,v as de,va as me,w as Ht,wa as Oe,x as fs,xa as Ye,y as hs,ya as Le,z as wt,za as We}from"./part-4IKM2A4Z.js";var k=m.users,Os=["viewer","operator","admin"].map(t=>({value:t,label:t}));async function Me(t,e,s,o){try{await t(),U(e)}catch(n){xe(s,n)}o()}function As(){let t=ae.value.query.get("q")??"",e=I(()=>L("/users"+de({q:t,limit:500})),[t]),s=o=>[{label:k.open,icon:"account",href:`/users/${o.name}`},{label:k.edit,icon:"edit",run:()=>G(()=>a`<${Vt} user=${o} done=${e.reload} />`)},{label:k.reset,icon:"restart",run:()=>G(()=>a`<${Xt} user=${o.name} />`)},{label:o.is_disabled?k.enable:k.disable,icon:o.is_disabled?"start":"stop",run:()=>Me(()=>z("PATCH",S`/users/${o.name}`,{body:{is_disabled:!o.is_disabled}}),o.is_disabled?k.enabled(o.name):k.disabled(o.name),k.notChanged,e.reload)},{label:k.signOutAll,icon:"sign_out",run:()=>Me(()=>z("DELETE",S`/users/${o.name}/login-sessions`),k.signedOut(o.name),k.notChanged,e.reload)},{label:k.remove,icon:"delete",danger:!0,line:!0,reason:o.name===qe.value?.name?k.yourself:void 0,run:()=>G(()=>a`<${Ie} title=${k.removeTitle(o.name)} detail=${k.removeDetail} action=${k.remove} word=${o.name} run=${()=>Me(()=>z("DELETE",S`/users/${o.name}`),k.removed(o.name),k.notChanged,e.reload)} />`)}];return a`<main id="main" class="page page--narrow">
    <div class="page-head"><h1>${k.title}</h1><span class="spacer"></span><button class="button button--primary" type="button" onClick=${()=>G(()=>a`<${qo} done=${e.reload} />`)}><${y} name="add" />${k.add}</button></div>
    <div class="filters"><${Pe} label=${k.filter} value=${t} onInput=${o=>ie({q:o})} /></div>
    <section class="panel table-wrap">
      <${B} of=${e}>
        ${o=>o.items.length===0?a`<${be} title=${k.none} drawing=${a`<${y} name="users" />`} />`:a`<${ve}
                label=${k.title}
                items=${o.items}
                keyOf=${n=>n.name}
                columns=${[{key:"name",label:k.columns.name,bare:!0,cell:n=>a`<span class="cell-name"><a class="dag-link" href=${`/users/${n.name}`} title=${n.name}>${n.name}</a>${n.name===qe.value?.name?a` <span class="tag">${k.you}</span>`:""}</span>`},{key:"role",label:k.columns.role,cell:n=>n.role},{key:"scope",label:k.columns.scope,cell:n=>a`<span class="mono">${n.scope||"*"}</span>`},{key:"login",label:k.columns.login,cell:n=>a`<span class="muted" title=${he(n.last_login)}>${n.last_login?_e(n.last_login):m.common.never}</span>`},{key:"tokens",label:k.columns.tokens,number:!0,cell:n=>n.token_count??0},{key:"state",label:k.columns.state,bare:!0,cell:n=>a`<${Ut} user=${n} />`},{key:"more",label:"",number:!0,bare:!0,cell:n=>a`<${Ke} label=${m.dashboard.moreActions(n.name)} icon="more" quiet small items=${s(n)} />`}]}
              />`}
      <//>
    </section>
  </main>`}function Ut({user:t}){return t.is_disabled?a`<${Ce} tone="stopped">${k.isDisabled}<//>`:t.sign_in_wait_ms>0?a`<${Ce} tone="warning">${k.waits(Math.ceil(t.sign_in_wait_ms/1e3))}<//>`:t.must_change_password?a`<${Ce} tone="waiting">${k.mustStill}<//>`:a`<span class="muted">${k.isActive}</span>`}function jo({error:t}){return a`<div aria-live="assertive">${t&&a`<p class="note note--failed"><${Y} name="failed" tone="failed" />${t.message}</p>`}</div>`}function et({title:t,action:e,send:s,good:o,done:n,children:r}){let[i,l]=g(null),[c,u]=g(!1);return a`<${Se} title=${t} onSubmit=${async()=>{u(!0);try{await s(),pe(),U(o),n?.()}catch(p){l(p)}u(!1)}} foot=${a`<span class="spacer"></span><button class="button" type="button" onClick=${pe}>${m.common.cancel}</button><button class="button button--primary" type="submit" disabled=${c}>${e}</button>`}>
    ${r}<${jo} error=${i} />
  <//>`}function qo({done:t}){let[e,s]=g({name:"",password:"",role:"viewer",scope:"",mustChange:!0}),o=n=>s({...e,...n});return a`<${et} title=${k.add} action=${k.create} send=${()=>we("/users",{name:e.name,password:e.password,role:e.role,must_change:e.mustChange,...e.scope?{scope:e.scope}:{}})} good=${k.created(e.name)} done=${t}>
    <${me} label=${k.columns.name} value=${e.name} onInput=${n=>o({name:n})} />
    <${Qe} label=${m.login.password} value=${e.password} onInput=${n=>o({password:n})} autocomplete="new-password" help=${m.setup.rule} />
    <${Le} label=${k.mustChange} help=${k.mustChangeHelp} checked=${e.mustChange} onInput=${n=>o({mustChange:n})} />
    <${Oe} label=${k.columns.role} value=${e.role} onInput=${n=>o({role:n})} options=${Os} help=${k.roles[e.role]} />
    <${me} label=${k.columns.scope} value=${e.scope} onInput=${n=>o({scope:n})} mono placeholder="trade_*, fx_rates" help=${k.scopeHelp} optional=${m.common.optional} />
  <//>`}function Vt({user:t,done:e}){let[s,o]=g(t.role),[n,r]=g(t.scope);return a`<${et} title=${k.editTitle(t.name)} action=${m.common.save} send=${()=>z("PATCH",S`/users/${t.name}`,{body:{role:s,scope:n}})} good=${k.changed(t.name)} done=${e}>
    <${Oe} label=${k.columns.role} value=${s} onInput=${o} options=${Os} help=${k.roles[s]} />
    <${me} label=${k.columns.scope} value=${n} onInput=${r} mono help=${k.scopeHelp} optional=${m.common.optional} />
  <//>`}function Xt({user:t,done:e}){let[s,o]=g("");return a`<${et} title=${k.resetTitle(t)} action=${k.reset} send=${()=>z("PUT",S`/users/${t}/password`,{body:{password:s}})} good=${k.wasReset(t)} done=${e}>
    <${Qe} label=${k.newPassword} value=${s} onInput=${o} autocomplete="new-password" help=${m.setup.rule} />
    <p class="note">${k.resetNote(t)}</p>
  <//>`}function Ct({items:t,revoke:e}){return t.length===0?a`<p class="muted">${k.noTokens}</p>`:a`<${ve}
    label=${k.tokens}
    items=${t}
    keyOf=${s=>s.id}
    columns=${[{key:"name",label:k.columns.name,bare:!0,cell:s=>a`<b>${s.name}</b>`},{key:"role",label:k.columns.role,cell:s=>s.role},{key:"expires",label:k.columns.expires,cell:s=>he(s.expires)},{key:"used",label:k.columns.used,cell:s=>a`<span class="muted">${s.last_used?_e(s.last_used):m.common.never}</span>`},{key:"more",label:"",number:!0,bare:!0,cell:s=>a`<button class="button button--small button--danger" type="button" aria-label=${k.revokeOne(s.name)} onClick=${()=>e(s.id)}>${k.revoke}</button>`}]}
  />`}var te=m.account,Es=["viewer","operator","admin"];function Ms(){let t=I(()=>L("/me/tokens"),[]),e=I(()=>L("/me/login-sessions"),[]),s=qe.value;return s?a`<main id="main" class="page page--narrow">
    <div class="page-head"><h1>${s.name}</h1><span class="tag">${s.role}</span><span class="tag mono">${s.scope||"*"}</span><span class="spacer"></span>
      <button class="button" type="button" onClick=${()=>G(()=>a`<${Bo} />`)}><${y} name="edit" />${te.password}</button></div>
    <section class="panel">
      <header class="panel-head"><h2>${te.tokens}</h2><span class="spacer"></span><button class="button button--small" type="button" onClick=${()=>G(()=>a`<${Fo} done=${t.reload} />`)}><${y} name="add" small />${te.newToken}</button></header>
      <div class="panel-body"><${B} of=${t}>${o=>a`<${Ct} items=${o.items} revoke=${n=>Me(()=>z("DELETE",S`/me/tokens/${n}`),m.users.revoked,m.users.notChanged,t.reload)} />`}<//></div>
    </section>
    <section class="panel">
      <header class="panel-head"><h2>${te.logins}</h2></header>
      <div class="panel-body"><${B} of=${e}>
        ${o=>a`<${Zt} items=${o.items} end=${n=>Me(()=>z("DELETE",S`/me/login-sessions/${n}`),te.ended,m.users.notChanged,e.reload)} />`}
      <//></div>
    </section>
  </main>`:null}function Zt({items:t,end:e}){return t.length===0?a`<p class="muted">${te.noLogins}</p>`:a`<${ve}
    label=${te.logins}
    items=${t}
    keyOf=${s=>s.id}
    columns=${[{key:"address",label:te.address,bare:!0,cell:s=>a`<b>${s.address}</b>${s.is_current?a` <span class="tag">${te.here}</span>`:""}`},{key:"since",label:te.since,cell:s=>he(s.created)},{key:"used",label:te.used,cell:s=>a`<span class="muted">${_e(s.last_used)}</span>`},...e?[{key:"more",label:"",number:!0,bare:!0,cell:s=>!s.is_current&&a`<button class="button button--small" type="button" onClick=${()=>e(s.id)}>${te.end}</button>`}]:[]]}
  />`}function Bo(){let[t,e]=g(""),[s,o]=g("");return a`<${et} title=${te.password} action=${m.common.save} send=${()=>ys(t,s)} good=${te.changed}>
    <${Qe} label=${te.oldPassword} value=${t} onInput=${e} autocomplete="current-password" />
    <${Qe} label=${m.users.newPassword} value=${s} onInput=${o} autocomplete="new-password" help=${m.setup.rule} />
  <//>`}function Fo({done:t}){let e=Es.indexOf(qe.value?.role??"viewer"),[s,o]=g({name:"",role:"viewer",days:"90"});return a`<${et}
    title=${te.newToken}
    action=${te.create}
    good=${te.created}
    done=${t}
    send=${async()=>{let n=await we("/me/tokens",{name:s.name,role:s.role,days:Number(s.days)});setTimeout(()=>G(()=>a`<${Wo} secret=${n.secret} />`),0)}}
  >
    <${me} label=${m.users.columns.name} value=${s.name} onInput=${n=>o({...s,name:n})} help=${te.tokenName} />
    <${Oe} label=${m.users.columns.role} value=${s.role} onInput=${n=>o({...s,role:n})} options=${Es.slice(0,e+1).map(n=>({value:n,label:n}))} />
    <${Oe} label=${te.days} value=${s.days} onInput=${n=>o({...s,days:n})} options=${["7","30","90","365"].map(n=>({value:n,label:te.daysOf(n)}))} />
  <//>`}function Wo({secret:t}){let e=async()=>{await navigator.clipboard.writeText(t),U(m.common.copied)};return a`<${Se} title=${te.secretTitle} foot=${a`<span class="spacer"></span><button class="button button--primary" type="button" onClick=${pe}>${m.common.close}</button>`}>
    <p>${te.secretNote}</p>
    <div class="row"><code class="code-well mono secret">${t}</code><button class="button" type="button" onClick=${e}><${y} name="copy" />${m.common.copy}</button></div>
  <//>`}var ge=m.audit,Ts=50,Ho=["who","action","object","result","from","to"],Jo={begun:"waiting",denied:"failed",failed:"failed",unknown:"unknown"};function Go({item:t}){let e=t.state??(t.result==="ok"?"done":t.result),s=Jo[e],o=e==="unknown"?ge.unknownHelp:t.ended_at&&t.ended_at!==t.time?ge.took(he(t.ended_at)):void 0;return a`<span class="row" title=${o}>${s&&a`<${Y} name=${s} tone=${s} />`}<span class=${s==="failed"?"text-failed":"muted"}>${ge.states[e]??e}</span></span>`}function Ns(){let t=ae.value.query,e=Object.fromEntries(Ho.map(c=>[c,t.get(c)??""])),[s,o]=g([null]),n=s.length-1,r=I(()=>L("/audit"+de({...e,limit:Ts,cursor:s[n]})),[JSON.stringify(e),s[n]]),i=c=>{o([null]),ie(c)},l=c=>a`<${Pe} label=${ge[c]} value=${e[c]} onInput=${u=>i({[c]:u})} />`;return a`<main id="main" class="page">
    <div class="page-head"><h1>${ge.title}</h1><span class="spacer"></span><a class="button" href=${`/api/v1/audit/export${de(e)}`} download="audit.jsonl"><${y} name="download" />${ge.export}</a></div>
    <div class="filters">${l("who")}${l("action")}${l("object")}
      <${Ye} auto label=${ge.result} value=${e.result} onInput=${c=>i({result:c})} options=${[{value:"",label:ge.anyResult},...["ok","denied","failed"].map(c=>({value:c,label:c}))]} /></div>
    <section class="panel table-wrap">
      <${B} of=${r} lines=${10}>
        ${c=>c.items.length===0?a`<${be} title=${ge.none} drawing=${a`<${y} name="history" />`} />`:a`<${ve}
                  label=${ge.title}
                  items=${c.items}
                  keyOf=${u=>String(u.number)}
                  columns=${[{key:"time",label:ge.columns.time,cell:u=>a`<span class="muted">${he(u.time)}</span>`},{key:"who",label:ge.columns.who,bare:!0,cell:u=>a`<b>${u.actor}</b>`},{key:"action",label:ge.columns.action,cell:u=>u.action},{key:"object",label:ge.columns.object,cell:u=>a`<span class="truncate" title=${u.object}>${u.object}</span>`},{key:"result",label:ge.columns.result,cell:u=>a`<${Go} item=${u} />`},{key:"detail",label:ge.columns.detail,cell:u=>a`<span class="truncate muted detail-text" title=${u.detail}>${u.revision_before||u.revision_after?`r${u.revision_before||0} → r${u.revision_after||0} `:""}${u.detail??""}</span>`},{key:"address",label:ge.columns.address,cell:u=>a`<span class="muted">${u.address??""}</span>`}]}
                />
                <footer class="panel-foot"><${_t} total=${c.total} limit=${Ts} page=${n} count=${c.items.length} hasNext=${!!c.next_cursor} onPage=${u=>o(u>n?[...s,c.next_cursor]:s.slice(0,u+1))} /></footer>`}
      <//>
    </section>
  </main>`}var Ko=[[/metronome|timer|clock/i,"timer"],[/filter/i,"filter"],[/sum|addition|arith|multipl|calcul/i,"sigma"],[/merge|combine|join/i,"merge"],[/sql|postgres|mysql|sqlite|aerospike|redis/i,"database"],[/file/i,"file"],[/kafka|activemq|mem|queue|topic|channel|http/i,"queue"]];function Ue(t){return Ko.find(([e])=>e.test(t))?.[1]??"calculator"}function Uo(t){let e=/^([a-z0-9+.-]+):\/\/(.*)$/i.exec(t??"");if(!e)return t??"";let s=e[2].split("/").filter(Boolean).pop()??"";return s?`${e[1]} · ${s}`:e[1]}function Ls(t,e,s){let o=t.publishers??[],n=/metronome/i.test(t.type),r=t.subscriber||n?"source":o.length>0&&!e?"sink":"calculator",i=t.subscriber?s("subscriber",t.subscriber):o.length?s("publisher",o[0]):"",l=t.calculator?s("calculator",t.calculator):"",c=r==="calculator"?l||t.type:i?Uo(i):t.type;return{name:t.name,type:t.type,kind:r,note:c,icon:n?"timer":Ue(r==="calculator"?`${l} ${t.type}`:i),subscriber:t.subscriber??void 0,publishers:o,mark:""}}function Ds(t){let e=t.edges.map(r=>({name:r.name,from:r.from_node,to:r.to_node})),s=new Set(e.map(r=>r.from)),o=(r,i)=>r==="subscriber"?t.subscribers[i]?.source:r==="publisher"?t.publishers[i]?.destination:t.calculators[i]?.type;return{nodes:Object.values(t.nodes).map(r=>Ls(r,s.has(r.name),(i,l)=>o(i,l)??"")),edges:e}}function Is(t){let e=u=>Array.isArray(u)?u.filter(d=>d&&typeof d=="object"):[],s=new Set(e(t?.nodes).map(u=>u.name)),o=e(t?.edges).filter(u=>s.has(u.from_node)&&s.has(u.to_node)).map(u=>({name:`${u.from_node}_to_${u.to_node}`,from:u.from_node,to:u.to_node})),n=new Set(o.map(u=>u.from)),r=(u,d)=>e(t?.[u]).find(p=>p.name===d),i=(u,d)=>{let p=r(`${u}s`,d);return String((u==="subscriber"?p?.config?.source??p?.source:u==="publisher"?p?.config?.destination??p?.destination:p?.type)??"")},l=new Set,c=[];for(let u of e(t?.nodes))typeof u.name!="string"||!u.name||l.has(u.name)||(l.add(u.name),c.push(Ls({name:u.name,type:String(u.type??u.config?.type??"CalculationNode"),subscriber:u.subscriber??u.config?.subscriber,calculator:u.calculator??u.config?.calculator,publishers:Vo(u.publishers??u.config?.publishers)},n.has(u.name),i)));return{nodes:c,edges:o}}function Vo(t){return Array.isArray(t)?t.filter(e=>typeof e=="string"):typeof t=="string"?[t]:[]}var Xo=/("(?:[^"\\]|\\.)*")(\s*:)?|(-?\d[\d.eE+-]*|true|false|null)|([{}[\],])/g;function Yt(t,e=2e4){if(t.length>e)return t;let s=[],o=0;for(let n of t.matchAll(Xo))n.index>o&&s.push(t.slice(o,n.index)),n[1]!==void 0?(s.push(a`<span class=${n[2]?"j-key":"j-str"}>${n[1]}</span>`),n[2]&&s.push(n[2])):n[3]!==void 0?s.push(a`<span class="j-num">${n[3]}</span>`):s.push(a`<span class="j-pun">${n[4]}</span>`),o=n.index+n[0].length;return s.push(t.slice(o)),s}function ye({value:t,source:e,label:s}){let o=e??JSON.stringify(t,null,2)??"";return a`<pre class="code-well" tabindex="0" role="region" aria-label=${s}><code>${Yt(o)}</code></pre>`}var Re=m.components,Zo=["subscriber","publisher","calculator","transformer","node"];function Yo(t,e){let s=t.properties[e],o=s.enum?s.enum.map(n=>JSON.stringify(n)).join(" | "):[s.type].flat().join(" or ")||"any";return s.type==="array"&&s.items?.type?`list of ${s.items.type}`:o}function Qo({component:t}){let e=Object.keys(t.schema?.properties??{}),s=new Set(t.schema?.required??[]),o=JSON.stringify(t.example,null,2),n=async()=>{await navigator.clipboard.writeText(o),U(m.common.copied)};return a`<article class="panel component" id=${`${t.kind}-${t.type}`}>
    <header class="panel-head">
      <${y} name=${Ue(`${t.type} ${t.address??""}`)} /><h2 class="mono">${t.type}</h2><span class="tag">${Re.kinds[t.kind]}</span>
      ${!t.is_available&&a`<${Ce} tone="warning">${Re.missing}<//>`}
    </header>
    <div class="panel-body stack">
      <p>${t.summary}${t.address&&a` <code>${t.address}</code>`}</p>
      ${e.length>0&&a`<dl class="option-table">
        ${e.map(r=>a`<div><dt><code>${r}</code>${s.has(r)&&a` <span class="tag">${Re.required}</span>`}</dt><dd><span class="muted">${Yo(t.schema,r)}${t.schema.properties[r].default!==void 0?`, ${JSON.stringify(t.schema.properties[r].default)}`:""}</span> ${t.schema.properties[r].description??""}</dd></div>`)}
      </dl>`}
      ${t.example&&a`<details><summary>${Re.example}</summary><${ye} source=${o} label=${Re.example} /><div class="button-row"><button class="button button--small" type="button" onClick=${n}><${y} name="copy" small />${m.common.copy}</button></div></details>`}
    </div>
  </article>`}function zs(){let t=I(()=>L("/components"),[]),e=ae.value.query.get("kind")??"",s=ae.value.query.get("q")??"";return a`<main id="main" class="page">
    <div class="page-head"><h1>${Re.title}</h1></div>
    <div class="filters">
      <${We} label=${Re.kind} value=${e} onInput=${o=>ie({kind:o})} options=${[{value:"",label:m.dashboard.all},...Zo.map(o=>({value:o,label:Re.plurals[o]}))]} />
      <${Pe} label=${Re.filter} value=${s} onInput=${o=>ie({q:o})} />
    </div>
    <${B} of=${t} lines=${8}>
      ${o=>{let n=o.items.filter(r=>(!e||r.kind===e)&&`${r.type} ${r.name} ${r.summary}`.toLowerCase().includes(s.toLowerCase()));return n.length?a`<div class="component-grid">${n.map(r=>a`<${Qo} key=${`${r.kind} ${r.type}`} component=${r} />`)}</div>`:a`<section class="panel"><${be} title=${Re.none} /></section>`}}
    <//>
  </main>`}var en=200,tn=2e3,sn=800;function Ve(t){return`${JSON.stringify(t,null,2)}
`}function Qt(t){try{let e=JSON.parse(t);return e&&typeof e=="object"&&!Array.isArray(e)?{doc:e,problem:""}:{doc:null,problem:"not an object"}}catch(e){return{doc:null,problem:String(e.message)}}}var Ot=class t{constructor(e,s,o){let n=t.kept(e);this.key=`dagd.draft.${e}`,this.base=bt(s),this.revision=o.revision,this.source=bt(n?.source??s),this.isRestored=n!==null&&n.source!==s,this.isBehind=this.isRestored&&n.revision!==o.revision,this.past=[],this.future=[],this.steps=bt(0),this.lastStep=0,this.good=Qt(this.source.value).doc??Qt(s).doc??{},this.parsed=Wt(()=>{let r=Qt(this.source.value);return r.doc&&(this.good=r.doc),r}),this.isDirty=Wt(()=>this.source.value!==this.base.value),this.timer=setInterval(()=>this.keep(),tn)}static kept(e){try{return JSON.parse(localStorage.getItem(`dagd.draft.${e}`)??"null")}catch{return null}}close(){clearInterval(this.timer),this.keep()}keep(){try{this.isDirty.peek()?localStorage.setItem(this.key,JSON.stringify({source:this.source.peek(),revision:this.revision})):localStorage.removeItem(this.key)}catch{}}set(e,s=!1){if(e===this.source.peek())return;let o=Date.now();(!s||o-this.lastStep>sn||this.past.length===0)&&(this.past=[...this.past,this.source.peek()].slice(-en)),this.lastStep=o,this.future=[],this.source.value=e,this.steps.value++}change(e){let s=structuredClone(this.good);e(s),this.set(Ve(s))}undo(){let e=this.past.pop();e!==void 0&&(this.future.push(this.source.peek()),this.source.value=e,this.steps.value++)}redo(){let e=this.future.pop();e!==void 0&&(this.past.push(this.source.peek()),this.source.value=e,this.steps.value++)}settle(e,s){this.base.value=e,this.source.value=e,this.revision=s,this.isRestored=this.isBehind=!1,this.keep()}};function on(t,e){let s=e.length+1,o=new Uint32Array((t.length+1)*s),n=[];for(let r=t.length-1;r>=0;r--)for(let i=e.length-1;i>=0;i--)o[r*s+i]=t[r]===e[i]?o[(r+1)*s+i+1]+1:Math.max(o[(r+1)*s+i],o[r*s+i+1]);for(let r=0,i=0;r<t.length&&i<e.length;)t[r]===e[i]?n.push([r++,i++]):o[(r+1)*s+i]>=o[r*s+i+1]?r++:i++;return n}function ct(t,e){let s=t.replace(/\n$/,"").split(`
`),o=e.replace(/\n$/,"").split(`
`),n=0,r=0;for(;n<s.length&&n<o.length&&s[n]===o[n];)n++;for(;r<s.length-n&&r<o.length-n&&s[s.length-1-r]===o[o.length-1-r];)r++;let[i,l]=[s.slice(n,s.length-r),o.slice(n,o.length-r)];if(i.length===0&&l.length===0)return"";let c=i.length+l.length>3e3?[]:on(i,l),u=s.slice(Math.max(0,n-3),n).map($=>` ${$}`),[d,p]=[0,0];for(let[$,b]of[...c,[i.length,l.length]]){for(;d<$;)u.push(`-${i[d++]}`);for(;p<b;)u.push(`+${l[p++]}`);$<i.length&&u.push(` ${i[$]}`),d=$+1,p=b+1}return u.push(...s.slice(s.length-r,s.length-r+3).map($=>` ${$}`)),`@@ -${Math.max(1,n-3+1)} +${Math.max(1,n-3+1)} @@
${u.join(`
`)}
`}function He({source:t,label:e}){let s=t.replace(/\n$/,"").split(`
`);return a`<pre class="code-well code-well--plain diff" tabindex="0" role="region" aria-label=${e}>${s.map(o=>{let n=o.startsWith("@@")?"place":o.startsWith("+")?"add":o.startsWith("-")?"cut":"";return a`<span class="diff-line ${n?`diff-line--${n}`:""}">${o||" "}</span>`})}</pre>`}var ne=m.clone;function Et(t){G(()=>a`<${an} dag=${t} />`)}function nn(t){try{return JSON.parse(t)}catch{return t}}async function rn(t,e){let[s,o]=await Promise.all([z("GET",S`/dags/${t}`),we(S`/dags/${t}/clone`+"?dry_run=1",e)]),{runs:n}=await we("/validate",o.definition);return{name:o.name,runs:n,diff:ct(Ve(At(JSON.parse(s.text))),Ve(At(o.definition)))}}var Ps=t=>/^\d\d:?\d\d$/.test(t);function At(t){return Array.isArray(t)?t.map(At):!t||typeof t!="object"?t:Object.fromEntries(Object.keys(t).sort().map(e=>[e,At(t[e])]))}function an({dag:t}){let[e,s]=g(""),[o,n]=g(t.start_time?"same":"always"),[r,i]=g(t.start_time??""),[l,c]=g(t.end_time??""),[u,d]=g(t.duration??""),[p,$]=g([{key:"",value:""}]),[b,f]=g(!1),[v,h]=g(null),[E,T]=g(null),M=()=>({...e?{name:e}:{},...o==="window"?{start_time:r,...u?{duration:u}:{end_time:l}}:{},overrides:Object.fromEntries(p.filter(D=>D.key&&D.value).map(D=>[D.key,nn(D.value)])),start:b}),w=JSON.stringify(M());R(()=>{let D=setTimeout(()=>{o==="window"&&(!Ps(r)||!u&&!Ps(l))||rn(t.name,JSON.parse(w)).then(x=>{h(x),T(null)},T)},400);return()=>clearTimeout(D)},[w]);let q=async()=>{try{let D=await we(S`/dags/${t.name}/clone`,M());pe(),U(ne.done(D.name),"",{label:m.common.open,run:()=>Xe(`/dags/${D.name}`)})}catch(D){T(D)}},le=(D,x)=>{let O=p.map((C,ue)=>ue===D?{...C,...x}:C);O[O.length-1].key&&O.push({key:"",value:""}),$(O)};return a`<${Se}
    wide
    title=${ne.title(t.name)}
    note=${ne.note}
    onSubmit=${q}
    side=${a`<h3>${ne.name}</h3><p class="strong mono">${v?.name??""}</p>
      <h3>${ne.runs}</h3>
      ${v?.runs&&!v.runs.is_always?a`<ul class="stack stack--tight">${v.runs.items.map(D=>a`<li>${Jt(D.start)}${D.end?` – ${Jt(D.end)}`:""}</li>`)}</ul>`:a`<p class="muted">${v?.runs?m.common.always:ne.noRuns}</p>`}
      ${v?.diff&&a`<h3>${ne.changes}</h3><${He} source=${v.diff} label=${ne.changes} />`}`}
    foot=${a`<${Le} label=${ne.start} checked=${b} onInput=${f} /><span class="spacer"></span>
      <button class="button" type="button" onClick=${pe}>${m.common.cancel}</button>
      <button class="button button--primary" type="submit" disabled=${!!E}><${y} name="clone" />${m.actions.clone}</button>`}
  >
    <${me} label=${ne.name} value=${e} onInput=${s} mono placeholder=${v?.name??""} help=${ne.nameHelp} optional=${m.common.optional} />
    <div class="field">
      <span class="field-label">${ne.window}</span>
      <${We} label=${ne.window} value=${o} onInput=${n} options=${[t.start_time?{value:"same",label:ne.same}:{value:"always",label:m.common.always},{value:"window",label:ne.daily}]} />
    </div>
    ${o==="window"&&a`<div class="field-row">
      <${me} label=${ne.from} value=${r} onInput=${i} placeholder="17:00" inputMode="numeric" />
      <${me} label=${ne.to} value=${l} onInput=${c} placeholder="19:30" inputMode="numeric" disabled=${!!u} />
      <${me} label=${ne.duration} value=${u} onInput=${d} placeholder="2h30m" />
    </div>`}
    <fieldset class="field">
      <legend>${ne.overrides}</legend>
      ${p.map((D,x)=>a`<div class="override" key=${x}>
          <input class="input mono" aria-label=${ne.key} placeholder="orders.source" value=${D.key} spellcheck=${!1} onInput=${O=>le(x,{key:O.target.value})} />
          <input class="input mono" aria-label=${ne.value} placeholder="mem://queue/other" value=${D.value} spellcheck=${!1} onInput=${O=>le(x,{value:O.target.value})} />
          <button class="button button--quiet button--icon" type="button" aria-label=${ne.removeOverride} disabled=${p.length===1} onClick=${()=>$(p.filter((O,C)=>C!==x))}><${y} name="close" small /></button>
        </div>`)}
    </fieldset>
    ${E&&a`<div class="note note--failed" role="alert"><${Y} name="failed" tone="failed" /><div>${E.message}${(E.errors??[]).map(D=>a`<br /><span class="mono">${D.pointer}</span> ${D.message}`)}</div></div>`}
  <//>`}var ln={in:"--series-rate",out:"--series-latency",errors:"--series-error",queue:"--series-queue"},cn={queue:[5,3]};function Mt(t){return getComputedStyle(document.documentElement).getPropertyValue(t).trim()}function un(t,e){let s=Date.parse(t.from)/1e3,o=t.step_ms/1e3;return[t[e[0]].map((n,r)=>s+r*o),...e.map(n=>t[n])]}function dn(t,e,s){let o={stroke:Mt("--chart-axis"),font:`11px ${Mt("--font-ui")}`,grid:{stroke:Mt("--chart-grid"),width:1},ticks:{show:!1}};return{width:e,height:s,cursor:{drag:{x:!1,y:!1},points:{size:6}},legend:{show:!1},padding:[8,4,0,0],axes:[{...o,size:24,grid:{show:!1},values:(n,r)=>r.map(i=>Fe(i*1e3).slice(0,5))},{...o,size:42,values:(n,r)=>r.map(i=>P(i))}],scales:{y:{range:(n,r,i)=>[0,Math.max(1,i*1.1)]}},series:[{},...t.map((n,r)=>{let i=Mt(ln[n]);return{label:n,stroke:i,width:1.75,dash:cn[n],fill:r===0&&t.length===1?`${i}1a`:void 0,points:{show:!1},spanGaps:!1}})]}}function Tt({url:t,lines:e,every:s,height:o,label:n}){let r=K(null),i=K(null),[l,c]=g(""),[u,d]=g(null),p=t(0);R(()=>{let b=!0,f=null,v=async()=>{try{let[{default:E},T]=await Promise.all([import("./part-IALFXYPO.js"),L(t(Date.now()))]),M=r.current;if(!b||!M)return;let w=un(T,e);i.current?i.current.setData(w):i.current=new E(dn(e,M.clientWidth,o),w,M),c(""),d(T)}catch(E){b&&c(String(E?.message??E))}b&&(f=setTimeout(v,s))},h=new ResizeObserver(()=>r.current&&i.current?.setSize({width:r.current.clientWidth,height:o}));return v(),r.current&&h.observe(r.current),()=>{b=!1,clearTimeout(f),h.disconnect(),i.current?.destroy(),i.current=null}},[p,ws.value]);let $=u?.[e[0]]?.filter(b=>b!==null).at(-1);return a`<div class="chart" role="img" aria-label=${m.chart.label(n,P($))} ref=${r}></div>${l&&a`<p class="muted">${l}</p>`}`}var es=1e5,pn=1e3,mn=100,$n=1e3,Rs=(t,e)=>new Promise(s=>{let o=setTimeout(s,Math.max(0,t));e.addEventListener("abort",()=>{clearTimeout(o),s(void 0)},{once:!0})}),js=t=>t.trim().replace(/\s*\n\s*/g," ");async function qs({lines:t,repeat:e,every:s,send:o,onProgress:n,signal:r}){let i=e*t.length,l=Date.now(),c=0,u=null,d=p=>{c+=p,n(c,c/Math.max(.001,(Date.now()-l)/1e3))};for(;c<i&&!r.aborted;){let p=s===0?e:Math.min(e,Math.floor((Date.now()-l)/s)+1),$=Math.min(p*t.length-c,pn);if($<=0){await Rs(Math.max(l+p*s-Date.now(),Math.min(mn,s)),r);continue}try{u=await o(Array.from({length:$},(b,f)=>`${t[(c+f)%t.length]}
`).join("")),d(u.accepted)}catch(b){if(!(b instanceof yt)||b.status!==429&&b.status!==503)throw b;d(b.accepted),await Rs(b.retryAfter*1e3||$n,r)}}return u}var H=m.publish;function Nt(t,e){G(()=>a`<${Fs} name=${t} first=${e??""} isStep=${!1} />`)}function Bs(t){G(()=>a`<${Fs} name=${t} first="" isStep=${!0} />`)}function ts(t){try{return JSON.parse(t),""}catch(e){return String(e.message)}}function Fs({name:t,first:e,isStep:s}){let o=I(()=>L(S`/dags/${t}/details`),[t]),n=Object.values(o.data?.subscribers??{}),[r,i]=g(e),[l,c]=g("{}"),[u,d]=g(!1),[p,$]=g(!1),[b,f]=g(null),[v,h]=g(null),[E,T]=g(!1),[M,w]=g("1"),[q,le]=g("0"),[D,x]=g(null),O=K(null),C=n.find(oe=>oe.name===r)??n[0],ue=u?l.split(`
`).map((oe,Ge)=>oe.trim()&&ts(oe)?H.line(Ge+1,ts(oe)):"").find(Boolean):ts(l),_=/^\d{1,6}$/.test(M.trim())&&Number(M)>=1&&Number(M)<=es?Number(M):null,J=/^\d{1,7}$/.test(q.trim())?Number(q):null,W=!s&&_!==1,se=!C||!!ue||!s&&(_===null||W&&J===null);R(()=>h(null),[l,r,u]),R(()=>()=>O.current?.abort(),[]);let fe=async(oe,Ge)=>(await z("POST",S`/dags/${t}/subscribers/${C.name}/messages`+de({inject:p||!C.is_publishable}),{body:oe,type:Ge})).body,rt=async()=>{let oe=u?l.split(`
`).map(ht=>ht.trim()).filter(Boolean):[js(l)],Ge=new AbortController;O.current=Ge,x({accepted:0,rate:0});try{let ht=await qs({lines:oe,repeat:_??1,every:J??0,send:Ft=>fe(Ft,"application/x-ndjson"),onProgress:(Ft,Ro)=>x({accepted:Ft,rate:Ro}),signal:Ge.signal});f(ht&&{...ht,wanted:oe.length*(_??1),isHalted:Ge.signal.aborted})}finally{O.current=null}},Po=async()=>{if(!(se||E)){T(!0),h(null),f(null),x(null);try{s?f(await we(S`/dags/${t}/step`+de({subscriber:C.name}),l)):W?await rt():f(await fe(u?`${l.trim()}
`:l,u?"application/x-ndjson":"application/json"))}catch(oe){h(oe)}T(!1)}};return a`<${Se}
    wide
    title=${s?H.stepTitle:H.title}
    note=${s?H.stepNote:t}
    onSubmit=${Po}
    side=${a`<h3>${H.result}</h3>${v?a`<p class="note note--failed"><${Y} name="failed" tone="failed" />${v.message}</p>`:b?s?a`<${bn} result=${b} />`:a`<${fn} result=${b} total=${D?.accepted??b.accepted} />`:D?a`<${hn} ...${D} wanted=${(_??1)*(u?l.split(`
`).filter(oe=>oe.trim()).length:1)} />`:a`<p class="muted">${s?H.stepHelp:H.help}</p>`}`}
    foot=${a`<span class="spacer"></span><button class="button" type="button" onClick=${pe}>${m.common.close}</button>
      ${E&&W&&a`<button class="button" type="button" onClick=${()=>O.current?.abort()}><${y} name="stop" />${H.halt}</button>`}
      <button class="button button--primary" type="submit" disabled=${E||se}><${y} name=${s?"step":"publish"} />${s?H.step:H.submit}</button>`}
  >
    <${Oe} label=${H.to} value=${C?.name??""} onInput=${i} options=${n.map(oe=>({value:oe.name,label:oe.source?`${oe.name} · ${oe.source}`:oe.name}))} />
    <${xt} label=${H.message} for="message" problem=${ue} help=${u?H.linesHelp:""}>
      <textarea id="message" class="input mono" rows="10" spellcheck=${!1} value=${l} aria-invalid=${ue?"true":void 0} aria-describedby="message-help" onInput=${oe=>c(oe.target.value)}></textarea>
    <//>
    ${!s&&a`<div class="field-row">
        <${me} label=${H.repeat} value=${M} onInput=${w} inputMode="numeric" maxLength=${6} problem=${_===null?H.badRepeat(ke(es)):""} />
        <${me} label=${H.every} value=${q} onInput=${le} inputMode="numeric" maxLength=${7} disabled=${_===1} problem=${J===null?H.badEvery:""} help=${H.everyHelp} />
      </div>
      <${Le} label=${H.lines} checked=${u} onInput=${d} />
      <${Le} label=${H.inject} help=${C&&!C.is_publishable?H.injectOnly:H.injectHelp} checked=${p||C&&!C.is_publishable} disabled=${C&&!C.is_publishable} onInput=${$} />`}
  <//>`}function fn({result:t,total:e}){return t.isHalted?a`<p class="note"><${Y} name="stopped" tone="stopped" />${H.halted(ke(e),ke(t.wanted))}</p>`:a`<p class="note"><${Y} name="done" tone="done" />${H.accepted(e,t.is_safe)}${t.sequence?` · ${H.sequence(ke(t.sequence))}`:""}</p>`}function hn({accepted:t,rate:e,wanted:s}){return a`<div class="sending">
    <progress value=${t} max=${s} aria-label=${H.result}></progress>
    <p>${H.progress(ke(t),ke(s))} <span class="muted">${P(e)}/s</span></p>
  </div>`}function bn({result:t}){return a`<ol class="steps">
    ${t.nodes.filter(e=>e.woken).map(e=>a`<li><h3>${e.name} <span class="muted">${e.type}</span></h3>${e.error?a`<p class="note note--failed">${e.error}</p>`:a`<${ye} value=${e.output} label=${e.name} />`}</li>`)}
    ${t.publishers.map(e=>a`<li><h3>${H.wouldGet(e.name)}</h3>${e.messages.length?e.messages.map(s=>a`<${ye} value=${s} label=${e.name} />`):a`<p class="muted">${H.nothing}</p>`}</li>`)}
    ${t.dead_letters.map(e=>a`<li><h3 class="text-failed">${H.letter}</h3><${ye} value=${e} label=${H.letter} /></li>`)}
  </ol>`}var N=m.drawer,Ws={"5m":300,"1h":3600,"24h":86400},gn=200;function yn(t){let e=new Map;for(let s of t){let o=s.error.replace(/\d+/g,"#"),n=e.get(o);n?(n.count++,n.last=s):e.set(o,{error:s.error,code:s.code,count:1,first:s,last:s})}return[...e.values()].reverse()}function wn(t,e){let[s,o]=[je(t),je(e)];return s===o?o:`${s} / ${o}`}function ss({items:t}){let e=yn(t);return e.length===0?a`<${be} title=${N.noErrors} />`:e.map(s=>a`<details class="error-group" key=${s.error}>
      <summary><span class="count-pill count-pill--failed">${s.count}</span><code>${s.last.error}</code><${y} name="down" small /></summary>
      <p class="error-times">${N.times(Fe(s.first.time),Fe(s.last.time),ke(s.first.cycle),ke(s.last.cycle))}</p>
      ${s.last.input&&a`<h4 class="muted">${N.inputOfLast}</h4><${ye} source=${Hs(s.last.input)} label=${N.inputOfLast} />`}
    </details>`)}function Hs(t){try{return JSON.stringify(JSON.parse(t),null,2)}catch{return t}}function Js({dag:t,node:e,onClose:s,reload:o}){let r=Ne(t.name).value?.nodes.get(e.name),[i,l]=g("errors"),[c,u]=g("5m"),[d,p]=g(""),$=I(()=>L(S`/dags/${t.name}/nodes/${e.name}`),[t.name,e.name,Math.floor(fs.value/5e3)]),b=r?.[2]??Number(e.error_count),f=$.data??e;R(()=>{let T=M=>M.key==="Escape"&&!document.querySelector('dialog[open], [role="menu"]')&&s();return document.addEventListener("keydown",T),()=>document.removeEventListener("keydown",T)},[]);let v=async()=>{try{await z("DELETE",S`/dags/${t.name}/nodes/${e.name}/errors`),U(N.cleared(e.name)),$.reload(),o()}catch(T){xe(N.notCleared,T)}},h=(T,M,w="")=>a`<div><dt>${T}</dt><dd class="value">${M}${w&&a` <small>${w}</small>`}</dd></div>`,E=e.subscriber?t.subscribers[e.subscriber]?.source:e.publishers[0]?t.publishers[e.publishers[0]]?.destination:e.calculator?t.calculators[e.calculator]?.type:"";return a`<aside class="drawer" aria-label=${N.of(e.name)}>
    <header class="drawer-head">
      <span class="kind-tile ${b>0?"kind-tile--failed":""}"><${y} name=${Ue(`${E??""} ${e.type}`)} /></span>
      <div><h2 class="truncate" title=${e.name}>${e.name}</h2><p class="truncate" title=${E??""}>${e.type}${E?` · ${E}`:""}</p></div>
      ${b>0&&a`<${Ce} tone="failed">${N.failing}<//>`}
      <button class="button button--quiet button--icon" type="button" aria-label=${m.common.close} onClick=${s}><${y} name="close" /></button>
    </header>
    <div class="drawer-actions">
      ${Be.value&&a`<button class="button button--small" type="button" aria-pressed=${d==="in"} onClick=${()=>p(d==="in"?"":"in")}><${y} name="tap" small />${N.tapIn}</button>
        <button class="button button--small" type="button" aria-pressed=${d==="out"} onClick=${()=>p(d==="out"?"":"out")}><${y} name="tap" small />${N.tapOut}</button>
        ${e.subscriber&&a`<button class="button button--small" type="button" onClick=${()=>Nt(t.name,e.subscriber)}><${y} name="publish" small />${N.publish}</button>`}
        ${b>0&&a`<button class="button button--small" type="button" onClick=${v}><${y} name="check" small />${N.clear}</button>`}`}
    </div>
    <dl class="facts-grid">
      ${h(N.rate,P(r?.[3]),"/s")}
      ${h(N.queue,P(r?.[4]??e.queue_depth),r?.[5]?N.ofMax(P(r[5])):"")}
      ${h(N.errors,a`<span class=${b>0?"text-failed":""}>${P(b)}</span>`)}
      ${h("p50 / p99",r&&r[7]!==null?wn(r[6],r[7]):Ee,"ms")}
      ${h(N.calls,P(r?.[1]??e.compute_count))}
      ${h(N.lastMessage,_e(f.last_compute))}
    </dl>
    <section class="chart-block">
      <div class="chart-head">
        <span class="key"><svg class="key-line" aria-hidden="true"><path d="M0 4H16" stroke="var(--series-rate)" stroke-width="2" /></svg>${N.rate} /s</span>
        <span class="spacer"></span>
        <div class="segmented segmented--small" role="group" aria-label=${N.span}>
          ${Object.keys(Ws).map(T=>a`<button type="button" aria-pressed=${T===c} onClick=${()=>u(T)}>${T}</button>`)}
        </div>
      </div>
      <${Tt} url=${T=>S`/dags/${t.name}/metrics`+de({from:new Date(T-Ws[c]*1e3).toISOString(),to:new Date(T).toISOString(),node:e.name})} lines=${["in"]} every=${c==="5m"?2e3:15e3} height=${120} label=${N.chart(e.name)} />
    </section>
    <div class="tabs" role="tablist" aria-label=${N.views}>
      ${["errors","messages","settings"].map(T=>a`<button type="button" role="tab" aria-selected=${T===i} onClick=${()=>l(T)}>${N.tabs[T]}${T==="errors"&&b>0&&a`<span class="count-pill count-pill--failed">${P(b)}</span>`}</button>`)}
    </div>
    <div class="drawer-body" role="tabpanel" tabindex="0" aria-label=${N.tabs[i]}>
      <${B} of=${$}>
        ${T=>i==="errors"?a`<${ss} items=${T.errors} />`:i==="settings"?a`<div class="pad stack"><${kn} dag=${t} node=${T} /></div>`:a`<div class="pad stack"><${vn} node=${T} /></div>`}
      <//>
    </div>
    ${d?a`<${xn} key=${d} dag=${t.name} node=${e.name} side=${d} onEnd=${()=>p("")} />`:a`<div></div>`}
  </aside>`}function vn({node:t}){return a`<div><h3>${N.input}</h3><${ye} value=${t.input} label=${N.input} />${t.input_truncated&&a`<p class="muted">${N.truncated}</p>`}</div>
    <div><h3>${N.output}</h3><${ye} value=${t.output} label=${N.output} />${t.output_truncated&&a`<p class="muted">${N.truncated}</p>`}</div>`}function kn({dag:t,node:e}){let s=[e.subscriber&&[N.subscriber(e.subscriber),t.subscribers[e.subscriber]?.config],e.calculator&&[N.calculator(e.calculator),t.calculators[e.calculator]?.config],...e.publishers.map(o=>[N.publisher(o),t.publishers[o]?.config]),[N.node,e.config]].filter(o=>o&&o[1]&&Object.keys(o[1]).length>0);return a`<dl class="facts-list">
      <dt>${N.before}</dt><dd>${e.dependencies.join(", ")||Ee}</dd>
      <dt>${N.transformers}</dt><dd>${[...e.input_transformers,...e.output_transformers].join(", ")||Ee}</dd>
    </dl>
    ${s.map(o=>a`<div><h3>${o[0]}</h3><${ye} value=${o[1]} label=${o[0]} /></div>`)}`}function xn({dag:t,node:e,side:s,onEnd:o}){let[n,r]=g([]),[i,l]=g(""),[c,u]=g(!1),[d,p]=g("");return R(()=>{if(c)return;let $=new EventSource(`/api/v1${S`/dags/${t}/nodes/${e}/tap`}${de({side:s,rate:10,max:500})}`),b=0;return $.onmessage=f=>r(v=>[{...JSON.parse(f.data),id:`tap-${b++}`},...v].slice(0,gn)),$.addEventListener("bye",()=>{$.close(),l(N.tapEnded)}),$.onerror=()=>{$.readyState===EventSource.CLOSED&&l(N.tapRefused)},()=>$.close()},[c]),a`<section class="tap" aria-label=${N.tap(s)}>
    <header class="tap-head">
      <${y} name="tap" small /><h3>${N.tap(s)}</h3><span class="muted truncate">${i||N.sampled}</span><span class="spacer"></span>
      <button class="button button--quiet button--icon button--small" type="button" aria-label=${c?m.live.resume:m.live.pause} onClick=${()=>u(!c)}><${y} name=${c?"start":"pause"} small /></button>
      <button class="button button--quiet button--icon button--small" type="button" aria-label=${N.tapClose} onClick=${o}><${y} name="close" small /></button>
    </header>
    <div class="tap-list" role="log" aria-label=${N.tap(s)} tabindex="0">
      ${n.length===0&&a`<p class="tap-row muted">${N.tapWaiting}</p>`}
      ${n.map($=>{let b=typeof $.message=="string"?$.message:JSON.stringify($.message);return a`<div class="tap-row" key=${$.id} data-open=${d===$.id?"":void 0}>
          <time>${Fe($.time)}</time>
          <button type="button" aria-expanded=${d===$.id} onClick=${()=>p(d===$.id?"":$.id)}>${Yt(d===$.id?Hs(b):b,2e3)}${$.is_truncated?" …":""}</button>
        </div>`})}
    </div>
  </section>`}var V=m.nodes;function Gs({dag:t,onOpen:e}){let s=Ne(t.name).value,o=ae.value.query.get("q")??"",n=ae.value.query.get("sort")??"",r=Te(()=>Object.values(t.nodes).map((d,p)=>{let $=s?.nodes.get(d.name);return{node:d,order:p,name:d.name,calls:Number($?.[1]??d.compute_count),errors:$?.[2]??Number(d.error_count),rate:$?.[3]??null,queue:$?.[4]??d.queue_depth,max:$?.[5]??null,p99:$?.[7]??null}}),[t,s]),i=n.replace("-","")||"order",l=n.startsWith("-")?-1:1,c=r.filter(d=>d.name.toLowerCase().includes(o.toLowerCase())).sort((d,p)=>l*(i==="name"?d.name.localeCompare(p.name):Number(d[i]??-1)-Number(p[i]??-1))),u=[{key:"name",label:V.name,sort:"name",bare:!0,cell:d=>a`<span class="cell-name"><a class="dag-link" href=${`/dags/${t.name}?tab=nodes&node=${d.name}`} onClick=${p=>{p.preventDefault(),e(d.name)}} title=${d.name}>${d.name}</a></span>`},{key:"type",label:V.type,cell:d=>a`<span class="muted">${d.node.calculator?t.calculators[d.node.calculator]?.type:d.node.type}</span>`},{key:"after",label:V.after,cell:d=>a`<span class="truncate muted" title=${d.node.dependencies.join(", ")}>${d.node.dependencies.join(", ")||Ee}</span>`},{key:"rate",label:V.rate,number:!0,sort:"rate",cell:d=>a`<span class=${d.rate?"":"zero"}>${P(d.rate)}</span>`},{key:"calls",label:V.calls,number:!0,sort:"calls",cell:d=>P(d.calls)},{key:"queue",label:V.queue,number:!0,cell:d=>d.max?a`<${lt} fill=${d.queue/d.max} />`:a`<span class=${d.queue?"":"zero"}>${P(d.queue)}</span>`},{key:"p99",label:V.p99,number:!0,cell:d=>je(d.p99)},{key:"errors",label:V.errors,number:!0,sort:"errors",cell:d=>a`<span class=${d.errors?"text-failed":"zero"}>${P(d.errors)}</span>`}];return a`<div class="tab-body tab-body--pad">
    <div class="filters"><${Pe} label=${V.filter} value=${o} onInput=${d=>ie({q:d})} /></div>
    <section class="panel table-wrap"><${ve} label=${V.title} columns=${u} items=${c} keyOf=${d=>d.name} sort=${n} onSort=${d=>ie({sort:d})} /></section>
    <h2 class="section-title">${V.sources}</h2>
    <section class="panel table-wrap"><${ve} label=${V.sources} columns=${Sn(s)} items=${Object.values(t.subscribers)} keyOf=${d=>d.name} /></section>
    <h2 class="section-title">${V.sinks}</h2>
    <section class="panel table-wrap"><${ve} label=${V.sinks} columns=${_n(s)} items=${Object.values(t.publishers)} keyOf=${d=>d.name} /></section>
  </div>`}function Sn(t){let e=s=>t?.subscribers.get(s.name);return[{key:"name",label:V.name,bare:!0,cell:s=>a`<b>${s.name}</b>`},{key:"address",label:V.address,cell:s=>a`<span class="truncate muted" title=${s.source}>${s.source??s.type}</span>`},{key:"count",label:V.received,number:!0,cell:s=>P(e(s)?.[1]??s.receive_count)},{key:"depth",label:V.queue,number:!0,cell:s=>s.max_depth?a`<${lt} fill=${(e(s)?.[2]??s.current_depth)/s.max_depth} />`:P(e(s)?.[2]??s.current_depth)},{key:"dropped",label:V.dropped,number:!0,cell:s=>a`<span class=${Number(s.dropped)?"text-warning":"zero"}>${P(s.dropped)}</span>`}]}function _n(t){let e=s=>t?.publishers.get(s.name);return[{key:"name",label:V.name,bare:!0,cell:s=>a`<b>${s.name}</b>`},{key:"address",label:V.address,cell:s=>a`<span class="truncate muted" title=${s.destination}>${s.destination??s.type}</span>`},{key:"count",label:V.published,number:!0,cell:s=>P(e(s)?.[1]??s.publish_count)},{key:"depth",label:V.queue,number:!0,cell:s=>P(e(s)?.[2]??s.queue_depth)},{key:"retries",label:V.retries,number:!0,cell:s=>a`<span class=${Number(s.retries)?"":"zero"}>${P(s.retries)}</span>`},{key:"letters",label:V.letters,number:!0,cell:s=>a`<span class=${Number(e(s)?.[3]??s.dead_letters)?"text-failed":"zero"}>${P(e(s)?.[3]??s.dead_letters)}</span>`}]}function Ks({dag:t,onOpen:e}){let o=[...Ne(t.name).value?.nodes.values()??[]].reduce((r,i)=>r+(i[2]??0),0),n=I(()=>L(S`/dags/${t.name}/nodes`),[t.name,o]);return a`<div class="tab-body tab-body--pad">
    <${B} of=${n}>
      ${r=>{let i=r.items.filter(l=>Number(l.error_count)>0);return i.length===0?a`<section class="panel"><${be} title=${V.noErrors} detail=${V.noErrorsDetail} /></section>`:i.map(l=>a`<section class="panel" key=${l.name}>
            <header class="panel-head"><h2>${l.name}</h2><span class="count-pill count-pill--failed">${P(l.error_count)}</span><span class="spacer"></span><button class="button button--small" type="button" onClick=${()=>e(l.name)}>${m.common.open}</button></header>
            <${ss} items=${l.errors} />
          </section>`)}}
    <//>
  </div>`}var ee=m.dag,Us={"5m":300,"1h":3600,"24h":86400};function Vs({name:t}){let e=ae.value.query.get("span")??"1h",s=o=>S`/dags/${t}/metrics`+de({from:new Date(o-Us[e]*1e3).toISOString(),to:new Date(o).toISOString()});return a`<div class="tab-body tab-body--pad">
    <div class="filters"><${We} label=${ee.span} value=${e} onInput=${o=>ie({span:o})} options=${Object.keys(Us).map(o=>({value:o,label:o}))} /></div>
    ${[[ee.charts.rates,["in","out"]],[ee.charts.queue,["queue"]],[ee.charts.errors,["errors"]]].map(([o,n])=>a`<section class="panel" key=${o}>
        <header class="panel-head"><h2>${o}</h2><span class="spacer"></span>${n.length>1&&n.map(r=>a`<span class="live"><span class="swatch swatch--${r}"></span>${ee.series[r]}</span>`)}</header>
        <div class="panel-body"><${Tt} url=${s} lines=${n} every=${e==="5m"?2e3:15e3} height=${180} label=${o} /></div>
      </section>`)}
  </div>`}function Xs({dag:t}){let e=I(()=>z("GET",S`/dags/${t.name}`),[t.name,t.revision]),s=async o=>{await navigator.clipboard.writeText(o),U(m.common.copied)};return a`<div class="tab-body tab-body--pad">
    <${B} of=${e}>
      ${o=>a`<section class="panel">
        <header class="panel-head"><h2>${ee.definition(t.revision)}</h2><span class="spacer"></span>
          <button class="button button--small" type="button" onClick=${()=>s(o.text)}><${y} name="copy" small />${m.common.copy}</button>
          ${Ae.value&&a`<a class="button button--small" href=${`/dags/${t.name}/edit`}><${y} name="edit" small />${m.actions.edit}</a>`}
        </header>
        <div class="panel-body"><${ye} source=${o.text} label=${ee.tabs.definition} /></div>
      </section>`}
    <//>
  </div>`}function Zs({dag:t,reload:e}){let s=I(()=>L(S`/dags/${t.name}/revisions`),[t.name,t.revision]),[o,n]=g(""),r=i=>G(()=>a`<${Ie}
        title=${ee.rollBackTitle(i)}
        detail=${ee.rollBackDetail}
        action=${ee.rollBack}
        run=${async()=>{try{let{etag:l}=await z("GET",S`/dags/${t.name}`);await z("POST",S`/dags/${t.name}/rollback`,{body:{revision:Number(i)},ifMatch:l}),U(ee.rolledBack(t.name,i)),e(),s.reload()}catch(l){xe(ee.notRolledBack,l)}}}
      />`);return a`<div class="tab-body tab-body--pad">
    <${B} of=${s}>
      ${i=>i.items.length===0?a`<section class="panel"><${be} title=${ee.noRevisions} /></section>`:a`<section class="panel table-wrap">
              <${ve}
                label=${ee.tabs.revisions}
                items=${i.items}
                keyOf=${l=>String(l.revision)}
                columns=${[{key:"revision",label:ee.columns.revision,bare:!0,cell:l=>a`<b>${l.revision}</b>${String(l.revision)===String(t.running_revision??t.revision)&&a` <span class="tag">${ee.current}</span>`}`},{key:"when",label:ee.columns.when,cell:l=>a`<span title=${he(l.time)}>${_e(l.time)}</span>`},{key:"who",label:ee.columns.who,cell:l=>l.user},{key:"comment",label:ee.columns.comment,cell:l=>a`<span class="truncate">${l.comment??""}</span>`},{key:"more",label:"",number:!0,bare:!0,cell:l=>a`<span class="button-row">
                      <button class="button button--small" type="button" aria-pressed=${o===String(l.revision)} onClick=${()=>n(o===String(l.revision)?"":String(l.revision))}>${ee.diff}</button>
                      ${Ae.value&&String(l.revision)!==String(t.revision)&&a`<button class="button button--small" type="button" onClick=${()=>r(l.revision)}><${y} name="undo" small />${ee.rollBack}</button>`}
                    </span>`}]}
              />
            </section>
            ${o&&a`<${Cn} name=${t.name} revision=${o} />`}`}
    <//>
  </div>`}function Cn({name:t,revision:e}){let s=I(()=>L(S`/dags/${t}/revisions/${e}`),[t,e]);return a`<section class="panel">
    <header class="panel-head"><h2>${ee.changesOf(e)}</h2></header>
    <div class="panel-body"><${B} of=${s}>${o=>o.diff?a`<${He} source=${o.diff} label=${ee.changesOf(e)} />`:a`<p class="muted">${ee.noDiff}</p>`}<//></div>
  </section>`}var Ys={width:146,height:78,rule:50},os={width:112,height:52,rule:0},Qs={width:156,height:54,rule:0};function eo(t,e,s,o,n=0){let r=6+n/2,i=17+n/2,l=s==="source",c=s==="sink",u=o==="LR",[d,p,$,b]=u?[l?i:r,c?i:r,c?i:r,l?i:r]:[l?i:r,l?i:r,c?i:r,c?i:r],f=t+2*n,v=e+2*n;return`M${d} 0H${f-p}A${p} ${p} 0 0 1 ${f} ${p}V${v-$}A${$} ${$} 0 0 1 ${f-$} ${v}H${b}A${b} ${b} 0 0 1 0 ${v-b}V${d}A${d} ${d} 0 0 1 ${d} 0Z`}function Lt(t,e,s,o){let n=o==="LR",[r,i]=n?[t[0]+s.width,t[1]+s.height/2]:[t[0]+s.width/2,t[1]+s.height],[l,c]=n?[e[0]-8,e[1]+s.height/2]:[e[0]+s.width/2,e[1]-8],u=Math.max(24,Math.abs(n?l-r:c-i)/2),d=n?`M${r} ${i}C${r+u} ${i} ${l-u} ${c} ${l} ${c}`:`M${r} ${i}C${r} ${i+u} ${l} ${c-u} ${l} ${c}`,p=n?`M${l} ${c-5}V${c+5}L${l+8} ${c}Z`:`M${l-5} ${c}H${l+5}L${l} ${c+8}Z`,$=n?Math.abs(i-c)<4:!1;return{path:d,head:p,middle:[(r+l)/2,(i+c)/2-($?13:0)]}}function to(t){return t?1.5+1.15*Math.max(0,Math.log10(t)):1.5}function Dt(t,e){return t.length<=e?t:`${t.slice(0,e-1)}…`}var On="http://www.w3.org/2000/svg";function A(t,e={},...s){let o=document.createElementNS(On,t);for(let[n,r]of Object.entries(e))r!=null&&o.setAttribute(n,String(r));return o.append(...s),o}function ut(t,e){t.textContent!==e&&(t.textContent=e)}function tt(t,e){t.getAttribute("class")!==e&&t.setAttribute("class",e)}function so(t,e,s,{isSmall:o,isEditor:n,hasPorts:r}){let{width:i,height:l,rule:c}=e,u=t.group?t.group.label:t.name,d=t.group?m.graph.members(t.group.members.length):t.note,p=v=>eo(i,l,t.kind,s,v),$={type:A("text",{class:"node-type",x:o?34:38,y:o?40:37},Dt(d,o?11:n?19:17)),state:A("svg",{class:"node-state",x:i-(o?18:25),y:o?7:11,width:o?11:13,height:o?11:13},A("use",{href:"#g-unknown"})),rate:A("text",{class:"node-rate",x:14,y:68.5}),meta:A("text",{class:"node-meta",x:i-12,y:68.5})},b=t.group?[8,4].map(v=>A("path",{class:"node-plate",d:p(0),transform:`translate(${v} ${v})`})):[],f=A("g",{class:"node",role:"button",tabindex:-1,"data-node":t.name,"aria-expanded":t.group?"false":void 0},...b,A("path",{class:"node-ring",d:p(4),transform:"translate(-4 -4)"}),A("path",{class:"node-body",d:p(0)}),A("svg",{class:"node-kind",x:13,y:o?12:10,width:16,height:16},A("use",{href:`#i-${t.icon}`})),A("text",{class:"node-name",x:o?34:38,y:o?22:21},Dt(u,o?9:n?14:12))," ",$.type);if((f.querySelector(".node-name")?.textContent!==u||$.type.textContent!==d)&&f.prepend(A("title",{},`${u} · ${d}`)," "),n||f.append($.state),c&&f.append(A("path",{class:"node-rule",d:`M.5 ${c}H${i-.5}`})," ",$.rate," ",$.meta),r){let v=s==="LR",h={cx:v?i:i/2,cy:v?l/2:l},E={cx:v?0:i/2,cy:v?l/2:0};f.append(A("circle",{class:"node-port",r:5,...E})),f.append(A("circle",{class:"node-port node-port--out",r:6,"data-port":t.name,...h}))}return{group:f,parts:$}}function oo(t,e){let s={bed:A("path",{class:"edge-bed","stroke-width":1.5}),flow:A("path",{class:"edge-flow","stroke-width":1.5}),head:A("path",{class:"edge-head"}),hit:A("path",{class:"edge-hit"}),label:A("g",{class:"edge-tag"},A("rect",{class:"edge-chip",height:16,rx:8}),A("text",{class:"edge-label"})),pill:A("g",{class:"edge-fill"},A("rect",{class:"edge-pill",width:58,height:22,rx:11}),A("svg",{width:12,height:12},A("use",{})),A("text",{class:"edge-pill-text"}))},o=A("g",{class:"edge edge--idle","data-edge":t},s.bed,s.flow,s.head);return e&&o.append(s.hit),{group:o,parts:s}}function no(t,e){let s=m.graph.frame(t.label,t.members.length),o=46+Math.min(s.length,40)*6.6;return A("g",{class:"frame",transform:`translate(${e.x} ${e.y})`},A("rect",{class:"frame-box",width:e.width,height:e.height,rx:14}),A("g",{class:"frame-head",role:"button",tabindex:0,"data-frame":t.key,"aria-expanded":"true","aria-label":m.graph.foldOne(s)},A("title",{},m.graph.foldOne(s)),A("rect",{class:"frame-chip",x:10,y:9,width:Math.min(o,e.width-20),height:26,rx:13}),A("svg",{class:"frame-icon",x:20,y:15,width:14,height:14},A("use",{href:"#i-minus"})),A("text",{class:"frame-label",x:42,y:26.5},Dt(s,Math.max(6,Math.min(40,Math.floor((e.width-66)/6.6)))))))}function ro(t){let{svg:e}=t,s=new Map,o=null;e.addEventListener("wheel",r=>{r.preventDefault(),r.ctrlKey||Math.abs(r.deltaY)>Math.abs(r.deltaX)?t.zoomBy(Math.exp(-r.deltaY*(r.ctrlKey?.01:.0015)),t.point(r)):t.look({...t.view,x:t.view.x-r.deltaX})},{passive:!1}),e.addEventListener("pointerdown",r=>{if(r.button!==0)return;let i=r.target,l=i.closest("[data-port]")?.getAttribute("data-port"),c=i.closest("[data-node]")?.getAttribute("data-node"),u=i.closest("[data-edge]")?.getAttribute("data-edge"),d=i.closest("[data-frame]")?.getAttribute("data-frame");s.set(r.pointerId,t.point(r)),o={port:l,name:c,edge:u,frame:d,from:t.point(r),view:t.view,place:c?t.places[c]:null,isMoved:!1},e.setPointerCapture(r.pointerId)}),e.addEventListener("pointermove",r=>{let i=s.get(r.pointerId);if(!i||!o)return;let l=t.point(r);if(s.size===2){let d=[...s].find(([b])=>b!==r.pointerId)?.[1],p=Math.hypot(i[0]-d[0],i[1]-d[1]),$=Math.hypot(l[0]-d[0],l[1]-d[1]);s.set(r.pointerId,l),p>0&&t.zoomBy($/p,[(l[0]+d[0])/2,(l[1]+d[1])/2]),o.isMoved=!0;return}s.set(r.pointerId,l);let[c,u]=[l[0]-o.from[0],l[1]-o.from[1]];!o.isMoved&&Math.hypot(c,u)<4||(o.isMoved=!0,o.port&&t.options.onConnect?t.drawLoose(o.port,t.toWorld(l)):o.name&&t.options.onMove?t.moveNode(o.name,[Math.round(o.place[0]+c/t.view.zoom),Math.round(o.place[1]+u/t.view.zoom)]):t.look({...o.view,x:o.view.x+c,y:o.view.y+u}))});let n=r=>{if(s.delete(r.pointerId),!o||s.size>0)return;let i=o;if(o=null,t.overLayer.replaceChildren(),r.type!=="pointercancel")if(i.isMoved)if(i.port&&t.options.onConnect){let l=t.nodeAt(t.toWorld(t.point(r)));l&&l!==i.port&&t.options.onConnect(i.port,l)}else i.name&&t.options.onMove&&t.options.onMove(i.name,t.places[i.name]);else{let l=t.isCrowd?t.nodeAt(t.toWorld(i.from)):null;l&&t.approach(l),i.frame?t.options.onFold?.(i.frame,!1):t.groupOf(i.name)?t.options.onFold?.(t.groupOf(i.name)?.key??"",!0):i.name?(t.select(i.name,{focus:!0}),t.options.onSelect?.(i.name)):i.edge&&t.options.onSelectEdge?(t.selectEdge(i.edge),t.options.onSelectEdge(i.edge)):l||(t.select(null),t.options.onSelect?.(null))}};e.addEventListener("pointerup",n),e.addEventListener("pointercancel",n),e.addEventListener("dblclick",r=>{let i=r.target.closest("[data-node]")?.getAttribute("data-node");i&&t.options.onOpen?.(i)}),e.addEventListener("focusin",r=>{let i=r.target.closest("[data-node]")?.getAttribute("data-node");i&&i!==t.focused&&(t.focused=i,t.mark())}),e.addEventListener("keydown",r=>An(t,r))}function An(t,e){let s=e.target.closest?.("[data-node]")?.getAttribute("data-node"),o=s&&e.key.startsWith("Arrow")&&!e.altKey?t.neighbour(s,e.key):null,n=e.target.closest?.("[data-frame]")?.getAttribute("data-frame"),r=e.key==="Enter"||e.key===" ";if(!(e.ctrlKey||e.metaKey)){if(r&&n)t.options.onFold?.(n,!1);else if(r&&t.groupOf(s))t.options.onFold?.(t.groupOf(s)?.key??"",!0);else if(o)t.focus(o);else if(r&&s)t.select(s),t.options.onSelect?.(s),t.options.onOpen?.(s);else if(e.key==="+"||e.key==="=")t.zoomBy(1.25);else if(e.key==="-")t.zoomBy(.8);else if(e.key==="0")t.zoomBy(1/t.view.zoom);else if(e.key==="f"||e.key==="F")t.fit();else if(e.key==="Escape"&&(t.selected||t.selectedEdge))t.select(null),t.options.onSelect?.(null);else if(!e.key.startsWith("Arrow")||!s)return;e.preventDefault()}}var st=150,En=60,Mn=3,It=["name","path","level","none"],Je=t=>`group:${t}`;function ao(t){return[...t.matchAll(/[A-Z]?[a-z]+|[A-Z]+(?![a-z])|\d+/g)].map(e=>e.index+e[0].length)}function Tn(t,e){let s=new Map;for(let o of t){let n=o.slice(0,ao(o)[e-1]??o.length);s.set(n,[...s.get(n)??[],o])}return s}function Nn(t){let e=Math.max(1,...t.map(o=>ao(o).length)),s=[];for(let o=1;o<e;o++){let n=[...Tn(t,o)].filter(([,i])=>i.length>1),r=t.length-n.reduce((i,[,l])=>i+l.length-1,0);if(o>1&&r>En&&s.length>1)break;s=n.map(([i,l])=>({key:i,label:`${i}…`,members:l}))}return s}function Ln(t){let{into:e,out:s}=ns(t),o=r=>s.get(r)?.length===1&&e.get(s.get(r)[0])?.length===1?s.get(r)?.[0]:void 0,n=[];for(let{name:r}of t.nodes){let i=e.get(r)??[];if(i.length===1&&o(i[0])===r)continue;let l=[r];for(let c=o(r);c&&c!==r;c=o(c))l.push(c);l.length>=Mn&&n.push({key:r,label:r,members:l})}return n}function Dn(t){let{into:e,out:s}=ns(t),o=new Map(t.nodes.map(({name:l})=>[l,e.get(l)?.length??0])),n=new Map(t.nodes.map(({name:l})=>[l,1])),r=t.nodes.map(({name:l})=>l).filter(l=>!o.get(l)),i=new Map;for(let l=r.pop();l;l=r.pop())for(let c of s.get(l)??[])n.set(c,Math.max(n.get(c)??1,(n.get(l)??1)+1)),o.set(c,(o.get(c)??1)-1),o.get(c)===0&&r.push(c);for(let[l,c]of n)i.set(c,[...i.get(c)??[],l]);return[...i].filter(([,l])=>l.length>1).map(([l,c])=>({key:String(l),label:m.graph.level(l),members:c}))}function ns(t){let e=new Map,s=new Map,o=(n,r,i)=>n.get(r)?.push(i)??n.set(r,[i]);for(let{from:n,to:r}of t.edges)o(s,n,r),o(e,r,n);return{into:e,out:s}}function rs(t,e){let s=e==="name"?Nn(t.nodes.map(({name:r})=>r)):e==="path"?Ln(t):e==="level"?Dn(t):[],o=new Map(s.flatMap(r=>r.members.map(i=>[i,r]))),n=new Set(t.edges.filter(({from:r,to:i})=>o.has(i)&&o.get(r)===o.get(i)).map(({to:r})=>r));return s.map(r=>({...r,entries:r.members.filter(i=>!n.has(i))}))}function In(t){let{into:e,out:s}=ns(t),o=new Map(t.nodes.map(({name:i})=>[i,e.get(i)?.length??0])),n=t.nodes.map(({name:i})=>i).filter(i=>!o.get(i)),r=0;for(let i=n.pop();i;i=n.pop()){r++;for(let l of s.get(i)??[])o.set(l,(o.get(l)??1)-1),o.get(l)===0&&n.push(l)}return r<t.nodes.length}function io(t){if(t.nodes.length<=st)return"none";let e=[];for(let s of It){let o=as(t,rs(t,s),new Set),n=o.nodes.length;if(!(s==="none"||n<3||In(o))){if(n<=st)return s;e.push({way:s,count:n})}}return e.sort((s,o)=>s.count-o.count)[0]?.way??"none"}function as(t,e,s){let o=new Map,n=new Map,r=new Map;for(let c of e)if(!s.has(c.key))for(let u of c.members)o.set(u,c);let i=c=>o.has(c)?Je(o.get(c).key):c,l=t.nodes.flatMap(c=>{let u=o.get(c.name);if(!u)return[c];if(n.has(u)){let p=n.get(u);return p.kind!==c.kind&&(p.kind="calculator"),[]}let d={name:Je(u.key),type:"",kind:c.kind,note:"",icon:"layers",publishers:[],mark:"",group:u};return n.set(u,d),[d]});for(let c of t.edges){let[u,d]=[i(c.from),i(c.to)];if(u===d&&o.has(c.from))continue;let p=`${u} ${d}`,$=r.get(p);$?$.parts?.push(c):r.set(p,u===c.from&&d===c.to?c:{name:`${u}_to_${d}`,from:u,to:d,parts:[c]})}return{nodes:l,edges:[...r.values()]}}var zn=300,lo=.05,Pn=2.5,co=.5,Rn=.35,jn=48,qn=16,uo=64,Bn=64,ot=class{constructor(e,s={}){this.svg=e,this.options=s,this.size=s.isEditor?Qs:innerWidth<576?os:Ys,this.direction="LR",this.model={nodes:[],edges:[]},this.places={},this.cards=new Map,this.lines=new Map,this.selected=null,this.selectedEdge=null,this.focused=null,this.view={x:0,y:0,zoom:1},this.live=null,this.frame=0,this.world=A("g",{class:"world"}),this.frameLayer=A("g"),this.edgeLayer=A("g"),this.nodeLayer=A("g"),this.overLayer=A("g"),this.crowd={edges:A("path",{class:"crowd-edges"}),nodes:A("path",{class:"crowd-nodes"}),failing:A("path",{class:"crowd-failing"})},this.crowdLayer=A("g",{},...Object.values(this.crowd)),this.isCrowd=!1,this.world.append(this.frameLayer,this.edgeLayer,this.nodeLayer,this.overLayer),e.replaceChildren(this.world),ro(this),this.resizing=new ResizeObserver(()=>this.showVisible()),this.resizing.observe(e)}destroy(){cancelAnimationFrame(this.frame),this.resizing.disconnect(),this.svg.replaceChildren()}draw(e,s,o,n=[]){let r=this.model.nodes.length===0||this.direction!==o;this.model=e,this.places={...s},this.direction=o,this.cards.clear(),this.lines.clear(),this.edgeLayer.replaceChildren(),this.nodeLayer.replaceChildren(),this.frameLayer.replaceChildren(...n.map(({group:i,box:l})=>no(i,l)));for(let i of e.nodes)this.cards.set(i.name,{node:i,group:null,isSeen:!1});for(let i of e.edges)this.cards.has(i.from)&&this.cards.has(i.to)&&this.lines.set(i.name,{edge:i,group:null,isSeen:!1});this.selected&&!e.nodes.some(i=>this.isSelected(i))&&(this.selected=null),(!this.focused||!this.cards.has(this.focused))&&(this.focused=e.nodes[0]?.name??null),r?this.fit():this.showVisible(),this.mark()}makeCard(e){let{isEditor:s,onConnect:o}=this.options,{group:n,parts:r}=so(e.node,this.size,this.direction,{isSmall:this.size===os,isEditor:!!s,hasPorts:!!o});Object.assign(e,{group:n,parts:r,base:`node node--${e.node.group?"group":e.node.kind}${e.node.mark?` node--${e.node.mark}`:""}`,tone:""}),this.moveCard(e),this.markCard(e)}makeLine(e){let{edge:s}=e,{group:o,parts:n}=oo(s.name,!!this.options.onSelectEdge);Object.assign(e,{group:o,parts:n,middle:[0,0],rate:""}),s.mark?o.setAttribute("class",`edge edge--${s.mark}`):this.options.isEditor&&o.setAttribute("class","edge edge--plain"),this.moveLine(e),o.toggleAttribute("data-selected",s.name===this.selectedEdge)}moveCard(e){let[s,o]=this.places[e.node.name]??[0,0];e.group.setAttribute("transform",`translate(${s} ${o})`)}moveLine(e){let s=this.places[e.edge.from],o=this.places[e.edge.to];if(!s||!o)return;let{path:n,head:r,middle:i}=Lt(s,o,this.size,this.direction);for(let l of["bed","flow","hit"])e.parts[l].setAttribute("d",n);e.parts.head.setAttribute("d",r),e.middle=i,this.placeTags(e)}placeTags(e){let[s,o]=e.middle,[n,r]=e.parts.label.children,i=14+e.rate.length*6.2;n.setAttribute("x",s-i/2),n.setAttribute("y",o-8),n.setAttribute("width",i),r.setAttribute("x",s),r.setAttribute("y",o+4),e.parts.pill.setAttribute("transform",`translate(${s-29} ${o-11})`)}setLive(e){this.live=e,!this.frame&&(this.frame=requestAnimationFrame(()=>{this.frame=0,this.live&&this.showLive(this.live)}))}showLive(e){if(!e.row)return;let s=e.row.state==="running";this.isCrowd&&this.crowd.failing.setAttribute("d",this.boxes(o=>(this.rowOf(o,e)?.[2]??0)>0));for(let o of this.cards.values())o.isSeen&&this.showCard(o,this.rowOf(o.node.name,e),e,s);for(let o of this.lines.values())o.isSeen&&this.showLine(o,e,s)}rowOf(e,s){let o=this.cards.get(e)?.node.group;if(!o)return s.nodes.get(e);let n=[e,0,0,null,0,0,0,null],r=-1;for(let i of o.members){let l=s.nodes.get(i);l&&(n[2]+=l[2]??0,n[7]=l[7]===null?n[7]:Math.max(n[7]??0,l[7]),l[5]&&l[4]/l[5]>r&&([r,n[4],n[5]]=[l[4]/l[5],l[4],l[5]]))}for(let i of o.entries){let l=s.nodes.get(i)?.[3];typeof l=="number"&&(n[3]=(n[3]??0)+l)}return n}showCard(e,s,o,n){let r=s?.[2]??0,i=s?s[3]:null,l=s&&s[5]?s[4]/s[5]:null,c=o.row.state==="failed"?"stopped":n?r>0?"failed":"running":o.row.state==="suspended"?"suspended":"stopped",u=r>0?m.graph.errors(P(r)):e.node.kind==="source"?s&&s[4]>0?m.graph.waiting(P(s[4])):"":s&&s[7]?`${je(s[7])} ms`:s&&s[4]>0?m.graph.waiting(P(s[4])):"";ut(e.parts.rate,i===null?Ee:`${P(i)}/s`),ut(e.parts.meta,u),tt(e.parts.meta,r>0?"node-meta node-meta--failed":"node-meta");let d=e.parts.state.firstChild,p=`#g-${c==="running"?"live":c}`;d.getAttribute("href")!==p&&d.setAttribute("href",p),tt(e.parts.state,`node-state tone-${c}`),e.tone=r>0?" node--failed":"",this.classOf(e),this.labelCard(e,[m.states[c]??c,l===null?"":m.graph.fill(Math.round(l*100))])}showLine(e,s,o){let n=null,r=null;for(let p of e.edge.parts??[e.edge]){let $=s.edges.get(p.name),b=s.nodes.get(p.to);typeof $?.[2]=="number"&&(n=(n??0)+$[2]),b?.[5]&&(r=Math.max(r??0,b[4]/b[5]))}let i=St(r),l=i!=="ok"&&o?i:n&&o?"ok":"idle";tt(e.group,`edge edge--${l}`);let c=to(n).toFixed(1);e.width!==c&&(e.width=c,e.parts.bed.setAttribute("stroke-width",c),e.parts.flow.setAttribute("stroke-width",String(Math.max(1.5,Number(c)*(l==="full"?.72:.42)))));let u=n?`${P(n)}/s`:"";u!==e.rate&&(e.rate=u,ut(e.parts.label.children[1],u),this.placeTags(e));let d=l==="busy"||l==="full"?e.parts.pill:u?e.parts.label:null;if(d===e.parts.pill){let[,p,$]=e.parts.pill.children;tt(e.parts.pill,`edge-fill edge-fill--${l}`),p.setAttribute("x",7),p.setAttribute("y",5),p.firstChild.setAttribute("href",`#g-${l}`),$.setAttribute("x",51),$.setAttribute("y",15),ut($,`${Math.round((r??0)*100)}%`)}for(let p of[e.parts.label,e.parts.pill])p===d&&p.parentNode!==e.group?e.group.append(p):p!==d&&p.parentNode===e.group&&p.remove()}classOf(e){tt(e.group,e.base+e.tone+(this.isSelected(e.node)?" node--selected":""))}isSelected(e){return this.selected!==null&&(e.name===this.selected||e.group?.members.includes(this.selected)===!0)}select(e,s={}){this.selected=e,this.selectedEdge=null,e&&this.cards.has(e)&&(this.focused=e),this.mark(),e&&s.reveal&&this.reveal(e),e&&s.focus&&this.focus(e)}selectEdge(e){this.selected=null,this.selectedEdge=e,this.mark()}mark(){for(let e of this.cards.values())e.group&&this.markCard(e);for(let e of this.lines.values())e.group?.toggleAttribute("data-selected",e.edge.name===this.selectedEdge)}markCard(e){e.group.setAttribute("tabindex",e.node.name===this.focused?"0":"-1"),e.label||this.labelCard(e,[]),this.classOf(e)}labelCard(e,s){let n=[[...e.group.querySelectorAll("title, text")].map(r=>r.textContent).filter(Boolean).join(" "),...s].filter(Boolean).join(", ");e.label!==n&&e.group.setAttribute("aria-label",e.label=n)}focus(e){let s=this.cards.get(e);s&&(this.focused=e,this.isCrowd&&this.look({...this.view,zoom:1}),this.reveal(e),this.showVisible(),this.mark(),s.group.focus({preventScroll:!0}))}neighbour(e,s){let o=this.direction==="LR",r=(o?{ArrowRight:"out",ArrowLeft:"in"}:{ArrowDown:"out",ArrowUp:"in"})[s],i=o?1:0,l=this.places[e]??[0,0],c=p=>p.filter($=>$!==e&&this.places[$]).sort(($,b)=>Math.abs(this.places[$][i]-l[i])-Math.abs(this.places[b][i]-l[i]))[0];if(r==="out")return c(this.model.edges.filter(p=>p.from===e).map(p=>p.to));if(r==="in")return c(this.model.edges.filter(p=>p.to===e).map(p=>p.from));let u=s==="ArrowDown"||s==="ArrowRight",d=this.model.nodes.map(p=>p.name).filter(p=>this.places[p]&&Math.abs(this.places[p][1-i]-l[1-i])<(o?this.size.width:this.size.height)).filter(p=>u?this.places[p][i]>l[i]:this.places[p][i]<l[i]);return c(d)}box(){let[e,s,o,n]=[1/0,1/0,-1/0,-1/0];for(let[r,i]of Object.values(this.places))e=Math.min(e,r),s=Math.min(s,i),o=Math.max(o,r+this.size.width),n=Math.max(n,i+this.size.height);return Number.isFinite(e)?{x:e,y:s,width:o-e,height:n-s}:{x:0,y:0,width:1,height:1}}fit(e=this.box()){let{clientWidth:s,clientHeight:o}=this.svg;if(!s||!o){requestAnimationFrame(()=>this.svg.isConnected&&this.fit(e));return}let n=s<576?qn:jn,r=o-uo-Bn,i=Math.max(lo,Math.min(1,(s-2*n)/e.width,r/e.height));this.look({zoom:i,x:s/2-(e.x+e.width/2)*i,y:uo+r/2-(e.y+e.height/2)*i})}zoomBy(e,s=[this.svg.clientWidth/2,this.svg.clientHeight/2]){let o=Math.max(lo,Math.min(Pn,this.view.zoom*e)),n=o/this.view.zoom;this.look({zoom:o,x:s[0]-(s[0]-this.view.x)*n,y:s[1]-(s[1]-this.view.y)*n})}look(e){this.view=e,this.world.setAttribute("transform",`translate(${e.x.toFixed(1)} ${e.y.toFixed(1)}) scale(${e.zoom.toFixed(4)})`),this.svg.classList.toggle("graph--far",e.zoom<co),this.svg.classList.toggle("graph--farther",e.zoom<Rn),this.showVisible(),this.options.onView?.(e)}reveal(e){let s=this.places[e];if(!s)return;let{x:o,y:n,zoom:r}=this.view,{clientWidth:i,clientHeight:l}=this.svg,[c,u]=[s[0]*r+o,s[1]*r+n];c>=8&&u>=8&&c+this.size.width*r<=i-8&&u+this.size.height*r<=l-8||this.look({zoom:r,x:i/2-(s[0]+this.size.width/2)*r,y:l/2-(s[1]+this.size.height/2)*r})}groupOf(e){return e?this.cards.get(e)?.node.group:void 0}near(e){let[s,o]=this.places[e]??[0,0],n=Math.max(this.view.zoom,co);this.look({zoom:n,x:this.svg.clientWidth/2-(s+this.size.width/2)*n,y:this.svg.clientHeight/2-(o+this.size.height/2)*n})}approach(e){let[s,o]=this.places[e];if(this.look({zoom:1,x:this.svg.clientWidth/2-(s+this.size.width/2),y:this.svg.clientHeight/2-(o+this.size.height/2)}),this.groupOf(e)){this.focus(e);return}this.select(e,{focus:!0}),this.options.onSelect?.(e)}window(){let{x:e,y:s,zoom:o}=this.view;return{x:-e/o,y:-s/o,width:this.svg.clientWidth/o,height:this.svg.clientHeight/o}}showVisible(){let e=this.window(),s=this.cards.size<=st,o=r=>{let[i,l]=this.places[r]??[0,0];return s||i+this.size.width>e.x-60&&i<e.x+e.width+60&&l+this.size.height>e.y-60&&l<e.y+e.height+60},n=!1;this.showCrowd(!s&&this.model.nodes.filter(r=>o(r.name)).length>zn);for(let r of this.cards.values()){let i=!this.isCrowd&&o(r.node.name)||r.group!==null&&document.activeElement===r.group;i!==r.isSeen&&(r.isSeen=i,n||=i,i&&!r.group&&this.makeCard(r),i?this.nodeLayer.append(r.group):r.group.remove())}for(let r of this.lines.values()){let i=this.cards.get(r.edge.from).isSeen||this.cards.get(r.edge.to).isSeen;i!==r.isSeen&&(r.isSeen=i,i&&!r.group&&this.makeLine(r),i?this.edgeLayer.append(r.group):r.group.remove())}n&&this.live&&this.setLive(this.live)}showCrowd(e){if(!(e===this.isCrowd&&this.crowdOf===this.model)){if(this.isCrowd=e,this.crowdOf=this.model,this.svg.setAttribute("tabindex",e?"0":"-1"),!e){this.crowdLayer.remove();return}this.world.prepend(this.crowdLayer),this.crowd.edges.setAttribute("d",this.model.edges.map(s=>Lt(this.places[s.from],this.places[s.to],this.size,this.direction).path).join("")),this.crowd.nodes.setAttribute("d",this.boxes(()=>!0)),this.crowd.failing.setAttribute("d","")}}boxes(e){let{width:s,height:o}=this.size;return Object.entries(this.places).map(([n,[r,i]])=>e(n)?`M${r} ${i}h${s}v${o}h${-s}z`:"").join("")}point(e){let s=this.svg.getBoundingClientRect();return[e.clientX-s.left,e.clientY-s.top]}toWorld(e){return[(e[0]-this.view.x)/this.view.zoom,(e[1]-this.view.y)/this.view.zoom]}moveNode(e,s){this.places[e]=s,this.moveCard(this.cards.get(e));for(let o of this.lines.values())o.group&&(o.edge.from===e||o.edge.to===e)&&this.moveLine(o)}drawLoose(e,s){let n=this.direction==="LR"?[s[0]+8,s[1]-this.size.height/2]:[s[0]-this.size.width/2,s[1]+8];this.overLayer.replaceChildren(A("path",{class:"edge-loose",d:Lt(this.places[e],n,this.size,this.direction).path}))}nodeAt(e){return this.model.nodes.find(s=>{let[o,n]=this.places[s.name]??[1/0,1/0];return e[0]>=o&&e[0]<=o+this.size.width&&e[1]>=n&&e[1]<=n+this.size.height})?.name}};var zt=null,Fn=0,is=new Map,dt=new Map,Wn=32;function Hn(){let t=document.querySelector("script[data-layout]");return zt=new Worker(t.dataset.layout??"",{type:"module"}),zt.onmessage=e=>{is.get(e.data.id)?.({places:e.data.places,boxes:e.data.boxes}),is.delete(e.data.id)},zt}async function Pt(t,e,s,o,n=[]){let r=JSON.stringify([s,o,t.map(d=>d.name),e.map(d=>[d.from,d.to]),n]),i=dt.get(r);if(i)return i;let l=++Fn,c=new Promise(d=>is.set(l,d));(zt??Hn()).postMessage({id:l,nodes:t.map(d=>({name:d.name,...o})),edges:e.map(d=>({from:d.from,to:d.to})),direction:s,frames:n.map(d=>({name:d.name,members:d.members}))});let u=await c;return dt.size>=Wn&&dt.delete(dt.keys().next().value),dt.set(r,u),u}var pt=m.graph,Jn=8;function Gn(t,e){let s=e.trim().toLowerCase(),o=n=>{let r=n.name.toLowerCase();return r===s?0:r.startsWith(s)?1:r.includes(s)?2:`${n.note} ${n.type}`.toLowerCase().includes(s)?3:4};return s?t.map(n=>({node:n,rank:o(n)})).filter(n=>n.rank<4).sort((n,r)=>n.rank-r.rank).map(n=>n.node):[]}function po({nodes:t,onFind:e,onOpen:s}){let[o,n]=g(""),[r,i]=g(0),[l,c]=g(!1),u=K(null),d=Gn(t,o),p=d.slice(0,Jn);R(()=>{let h=E=>{E.key!=="/"||E.target.closest("input, textarea, select")||(E.preventDefault(),u.current?.focus())};return document.addEventListener("keydown",h),()=>document.removeEventListener("keydown",h)},[]);let $=h=>{n(h),i(0),c(h.trim()!=="")},b=h=>{h&&(c(!1),s(h))},f=h=>{i(h),c(!0),p[h]&&e(p[h].name)},v=h=>{if(h.key==="ArrowDown")f(l?(r+1)%Math.max(1,p.length):0);else if(h.key==="ArrowUp")f((r-1+p.length)%Math.max(1,p.length));else if(h.key==="Enter")b(p[r]?.name);else if(h.key==="Escape"&&l)c(!1);else return;h.preventDefault()};return a`<div class="find" onFocusOut=${h=>!h.currentTarget.contains(h.relatedTarget)&&c(!1)}>
    <label class="field-inline">
      <${y} name="search" />
      <input
        class="input"
        ref=${u}
        role="combobox"
        aria-label=${pt.find}
        aria-expanded=${l}
        aria-controls="find-list"
        aria-activedescendant=${l&&p.length?`find-${r}`:void 0}
        placeholder=${pt.find}
        autocomplete="off"
        spellcheck=${!1}
        value=${o}
        onInput=${h=>$(h.target.value)}
        onKeyDown=${v}
      />
      ${o.trim()?a`<span class="find-count" role="status">${pt.foundOf(d.length,t.length)}</span>`:a`<kbd aria-hidden="true">/</kbd>`}
    </label>
    <div class="find-list option-list" id="find-list" role="listbox" aria-label=${pt.found} hidden=${!l}>
      ${p.map((h,E)=>a`<button type="button" role="option" id=${`find-${E}`} tabindex="-1" aria-selected=${E===r} onClick=${()=>b(h.name)}>
          <${y} name=${h.icon} /><span class="truncate">${h.name}</span><span class="spacer"></span><span class="muted truncate">${h.note}</span>
        </button>`)}
      ${p.length===0&&a`<p class="muted" role="option" aria-selected="false">${pt.foundNone}</p>`}
    </div>
  </div>`}var $e=m.graph;function Rt(){return localStorage.getItem("dagd.direction")==="TB"||innerWidth<576?"TB":"LR"}function ls(t,e,s){let o=t?.[e]??{};for(let[n,r]of Object.entries(o))s[n]&&Array.isArray(r)&&(s[n]=[r[0],r[1]]);return s}function Kn({canvas:t,view:e}){let s=t.box(),o=t.window(),n=Math.min(140/s.width,84/s.height),r={x:s.x-(148/n-s.width)/2,y:s.y-(92/n-s.height)/2};return a`<svg class="minimap" viewBox="${r.x} ${r.y} ${148/n} ${92/n}" aria-hidden="true" data-zoom=${e.zoom}>
    <path class="minimap-node" d=${t.boxes(()=>!0)} />
    <rect class="minimap-view" x=${o.x} y=${o.y} width=${o.width} height=${o.height} />
  </svg>`}function cs({canvas:t,zoom:e,direction:s,onTurn:o}){return a`<div class="canvas-tools canvas-tools--left" role="group" aria-label=${$e.tools}>
    <button type="button" aria-label=${$e.zoomOut} onClick=${()=>t?.zoomBy(.8)}><${y} name="minus" small /></button>
    <button type="button" aria-label=${$e.zoomReset(Math.round(e*100))} onClick=${()=>t?.zoomBy(1/e)}>${Math.round(e*100)}%</button>
    <button type="button" aria-label=${$e.zoomIn} onClick=${()=>t?.zoomBy(1.25)}><${y} name="add" small /></button>
    <button type="button" aria-label=${$e.fit} onClick=${()=>t?.fit()}><${y} name="fit" small /></button>
    <button type="button" aria-label=${s==="LR"?$e.down:$e.across} onClick=${o}><${y} name="tree" small /></button>
  </div>`}function Un(){let t=(e,s)=>a`<svg width="32" height="8" aria-hidden="true" class="edge edge--${e}">
    <path class="edge-bed" stroke-width="5" d="M0 4H32" /><path class="edge-flow" stroke-width=${s} d="M0 4H32" />
  </svg>`;return a`<div class="legend">
    <span>${t("ok",2)}${$e.under}</span><span>${t("busy",2)}<span class="tone-busy"><${Y} name="busy" /></span>50–80%</span>
    <span>${t("full",3.5)}<span class="tone-full"><${Y} name="full" /></span>${$e.over}</span><span>${$e.wider}</span>
  </div>`}function Vn(t){let{query:e}=ae.value,s=e.get("groups"),o=Te(()=>io(t),[t]),n=s&&It.includes(s)?s:o,r=e.get("open")??"",i=Te(()=>rs(t,n),[t,n]),l=Te(()=>new Set(r?r.split("."):[]),[r]),c=Te(()=>as(t,i,l),[t,i,l]);return{way:n,groups:i,open:l,folded:c,isMany:t.nodes.length>st,setWay:u=>ie({groups:u===o?null:u,open:null}),setOpen:u=>ie({open:[...u].join(".")})}}function mo({dag:t,selected:e,onSelect:s}){let o=K(null),n=K(null),[r,i]=g(Rt()),[l,c]=g({zoom:1}),u=Te(()=>Ds(t),[t.name,t.revision,t.running_revision]),{way:d,groups:p,open:$,folded:b,isMany:f,setWay:v,setOpen:h}=Vn(u),E=K(null),T=K(d),M=K({}),w=(x,O)=>{let C=new Set($);O?C.add(x):C.delete(x),E.current=O?{frame:Je(x)}:{card:Je(x)},h(C)},q=(x,O=!0)=>{let C=p.find(ue=>ue.members.includes(x));C&&!$.has(C.key)?(E.current={node:x,keepsFocus:O},h(new Set([...$,C.key]))):n.current?.select(x,{reveal:!0,focus:!O})};M.current={onSelect:s,turnGroup:w},R(()=>{let x=new ot(o.current,{onSelect:O=>M.current.onSelect(O),onFold:(O,C)=>M.current.turnGroup(O,C),onView:c});return n.current=x,()=>x.destroy()},[]),R(()=>{let x=!0,O=n.current,C=p.filter(_=>$.has(_.key)),ue=p.length?Promise.resolve(null):L(S`/dags/${t.name}/layout`).catch(()=>null);return Promise.all([Pt(b.nodes,b.edges,r,O.size,C.map(_=>({name:Je(_.key),members:_.members}))),ue]).then(([{places:_,boxes:J},W])=>{if(!x)return;let se=E.current;E.current=null,O.draw(b,ls(W,r,{..._}),r,C.map(fe=>({group:fe,box:J[Je(fe.key)]}))),O.select(se?.node??e),T.current!==d&&O.fit(),T.current=d,se?.frame&&J[se.frame]?(O.fit(J[se.frame]),O.focus(C.find(fe=>Je(fe.key)===se.frame)?.entries[0]??"")):se?.card?(O.fit(),O.focus(se.card)):se?.node?(O.near(se.node),se.keepsFocus||O.focus(se.node)):f&&e&&O.cards.has(e)&&O.near(e)}),()=>{x=!1}},[b,r]),R(()=>Ne(t.name).subscribe(x=>{x&&n.current?.setLive(x)}),[t.name]),R(()=>{n.current?.selected!==e&&(e?q(e):n.current?.select(null))},[e]);let le=()=>{let x=r==="LR"?"TB":"LR";localStorage.setItem("dagd.direction",x),i(x)},D=x=>{q(x,!1),s(x)};return a`<div class="canvas">
    <svg class="graph" ref=${o} role="group" aria-label=${$e.of(t.name)}></svg>
    ${u.nodes.length===0&&(t.state==="invalid"?a`<${be} title=${$e.invalid} detail=${$e.invalidDetail}><a class="button" href=${`/dags/${t.name}?tab=definition`}>${$e.toDefinition}</a><//>`:a`<${be} title=${$e.empty} />`)}
    <div class="canvas-bar">
      <${po} nodes=${u.nodes} onFind=${q} onOpen=${D} />
      ${f&&a`<${Ye} auto label=${$e.groups} value=${d} onInput=${v} options=${It.map(x=>({value:x,label:$e.ways[x]}))} />`}
      ${$.size>0&&a`<button class="button" type="button" onClick=${()=>h(new Set)}><${y} name="layers" />${$e.foldAll}</button>`}
    </div>
    <${cs} canvas=${n.current} zoom=${l.zoom} direction=${r} onTurn=${le} />
    <${Un} />
    ${n.current&&n.current.cards.size>0&&a`<${Kn} canvas=${n.current} view=${l} />`}
  </div>`}function $o(t,e){return z("PUT",S`/dags/${t}/layout`,{body:e})}var fo=m.why;function us(t){G(()=>a`<${Xn} name=${t} />`)}function Xn({name:t}){let e=I(()=>L(S`/dags/${t}/why`),[t]);return a`<${Se} title=${fo.title} note=${t}>
    <${B} of=${e}>
      ${s=>s.findings.length===0?a`<p class="note"><${Y} name="done" tone="done" />${fo.healthy}</p>`:a`<ol class="findings">
              ${s.findings.map((o,n)=>a`<li>
                  <${Y} name=${n===0&&!s.is_healthy?"failed":"warning"} tone=${n===0&&!s.is_healthy?"failed":"warning"} />
                  <b>${o.object}</b>
                  <span class="muted">${o.since?m.dashboard.since(Ze((Date.now()-Date.parse(o.since))/1e3)):""}</span>
                  <p>${o.detail}${o.suggestion&&a`<br /><b>${o.suggestion}</b>`}</p>
                </li>`)}
            </ol>`}
    <//>
  <//>`}var De=m.dag,Zn=["graph","nodes","errors","metrics","definition","revisions"];function ds(t){let e=0,s=0,o=null,n=null;for(let[r,,i,,l,c,,u]of t?.nodes.values()??[])e+=i??0,i>0&&s++,c&&l!==null&&(!o||l/c>o.fill)&&(o={name:r,fill:l/c}),u!=null&&(n===null||u>n)&&(n=u);return{errors:e,failing:s,fullest:o,slowest:n}}function Yn({dag:t,reload:e}){let s=Ne(t.name).value,o=s?.row?.state??t.state,{failing:n}=ds(s),r={...t,state:o},i=u=>()=>xs(u,t.name).then(e),l=[{label:m.actions.stop,icon:"stop",reason:ze("stop",r)||void 0,run:i("stop")},{label:m.actions.stopNow,icon:"stop",reason:ze("stopNow",r)||void 0,run:i("stopNow")},{label:m.actions.restart,icon:"restart",reason:ze("restart",r)||void 0,run:i("restart")}],c=[...Be.value?[{label:m.actions.publish,icon:"publish",run:()=>Nt(t.name)},{label:m.actions.step,icon:"step",run:()=>Bs(t.name)}]:[],...Ae.value?[{label:m.actions.clone,icon:"clone",narrow:!0,run:()=>Et(t)}]:[],{label:m.actions.why,icon:"help",run:()=>us(t.name)},{label:m.actions.letters,icon:"letters",href:`/dags/${t.name}/dead-letters`},{label:m.actions.download,icon:"download",run:()=>Qn(t.name)},...Ae.value?[{label:m.actions.delete,icon:"delete",danger:!0,line:!0,run:()=>Ss(t.name,_s)}]:[]];return a`<header class="dag-head">
    <a class="crumb" href="/">${m.nav.dags}</a><span class="muted" aria-hidden="true">/</span>
    <h1 class="truncate" title=${t.name}>${t.name}</h1>
    <${ks} state=${o} boxed />
    ${n>0&&a`<${Ce} tone="failed">${De.failing(n)}<//>`}
    <div class="facts">
      <span>${t.since?Ze((Date.now()-Date.parse(t.since))/1e3):Ee}</span>
      <span><a href=${`/dags/${t.name}?tab=revisions`} class="muted">${De.revision(t.revision)}</a></span>
      <span>${Cs(t)}</span>
    </div>
    <span class="spacer"></span>
    <div class="button-row">
      ${Be.value&&(t.is_running?a`${t.is_suspended?a`<button class="button" type="button" disabled=${ze("resume",r)!==""} title=${ze("resume",r)} onClick=${i("resume")}><${y} name="start" />${m.actions.resume}</button>`:a`<button class="button" type="button" disabled=${ze("suspend",r)!==""} title=${ze("suspend",r)} onClick=${i("suspend")}><${y} name="suspend" />${m.actions.suspend}</button>`}
            <${Ke} label=${m.actions.stop} icon="stop" items=${l}>${m.actions.stop}<//>`:a`<button class="button button--primary" type="button" disabled=${ze("start",r)!==""} title=${ze("start",r)} onClick=${i("start")}><${y} name="start" />${m.actions.start}</button>`)}
      ${Ae.value&&a`<button class="button hide-phone" type="button" disabled=${!gt.value} title=${gt.value?void 0:m.reasons.offline} onClick=${()=>Et(t)}><${y} name="clone" />${m.actions.clone}</button>
        <a class="button" href=${`/dags/${t.name}/edit`}><${y} name="edit" />${m.actions.edit}</a>`}
      <${Ke} label=${m.dashboard.moreActions(t.name)} icon="more" items=${c} />
    </div>
    ${t.reason&&a`<p class="note note--${o==="failed"||o==="invalid"?"failed":"warning"} reason">${t.reason}</p>`}
  </header>`}async function Qn(t){let e=document.createElement("a");e.href=S`/api/v1/dags/${t}`,e.download=`${t}.json`,e.click()}function er({dag:t}){let e=Ne(t.name).value,{errors:s,fullest:o,slowest:n}=ds(e),r=e?.row,i=(l,c,u="",d=null)=>a`<div><dt>${l}</dt><dd><span class="value">${c}${u&&c!==Ee&&a`<small>${u}</small>`}</span>${d}</dd></div>`;return a`<dl class="pulse">
    ${i(De.in,P(r?.inRate??t.in_rate),"/s")}
    ${i(De.out,P(r?.outRate??t.out_rate),"/s")}
    ${i(De.fullest,o?`${Math.round(o.fill*100)}%`:Ee,"",o&&St(o.fill)!=="ok"?a`<${lt} fill=${o.fill} bare />`:null)}
    ${i(De.waiting,P(r?.queue??t.queue))}
    ${i(De.slowest,je(n),"ms")}
    ${i(De.errors,a`<span class=${(r?.errors??0)>0?"text-failed":""}>${P(r?.errors??t.errors)}</span>`)}
    ${i(De.errorsAll,P(s))}
  </dl>`}function tr({name:t,tab:e,counts:s}){let o=Ht.value==="paused",n=gt.value&&Ht.value||"lost";return a`<nav class="tabs" aria-label=${De.views}>
    ${Zn.map(r=>a`<a href=${`/dags/${t}${r==="graph"?"":`?tab=${r}`}`} aria-current=${r===e?"page":void 0}>
        ${De.tabs[r]}${s[r]!==null&&s[r]!==void 0&&a`<span class="count-pill ${r==="errors"&&s[r]?"count-pill--failed":""}">${P(s[r])}</span>`}
      </a>`)}
    <span class="spacer"></span>
    <span class="live hide-phone ${n==="open"?"":"live--lost"}"><${y} name="tap" small />${m.live[n]}</span>
    <button class="button button--quiet hide-phone" type="button" onClick=${()=>bs(!o)}><${y} name=${o?"start":"pause"} small />${o?m.live.resume:m.live.pause}</button>
  </nav>`}function ho({name:t}){let e=I(()=>L(S`/dags/${t}/details`),[t,hs.value]),s=Ne(t).value,{query:o}=ae.value,n=o.get("tab")??"graph",r=o.get("node"),i=o.get("panel");if(R(()=>vt(`dag:${t}`),[t]),R(()=>{!i||!e.data||(ie({panel:null}),i==="why"?us(t):i==="clone"&&Et(e.data))},[i,!!e.data]),!e.data)return a`<main id="main" class="page">${e.error?a`<${it} error=${e.error} retry=${e.reload} />`:a`<${kt} lines=${10} />`}</main>`;let l=e.data,c=p=>ie({node:p}),u={graph:()=>a`<${mo} dag=${l} selected=${r} onSelect=${c} />`,nodes:()=>a`<${Gs} dag=${l} onOpen=${c} />`,errors:()=>a`<${Ks} dag=${l} onOpen=${c} />`,metrics:()=>a`<${Vs} name=${t} />`,definition:()=>a`<${Xs} dag=${l} />`,revisions:()=>a`<${Zs} dag=${l} reload=${e.reload} />`}[n],d=r!==null&&l.nodes[r];return a`<div class="dag-layout ${d?"dag-layout--drawer":""}">
    <main id="main" class="dag-main">
      <${Yn} dag=${l} reload=${e.reload} />
      <${er} dag=${l} />
      <${tr} name=${t} tab=${n} counts=${{nodes:Object.keys(l.nodes).length,errors:s?ds(s).errors:null}} />
      ${u?u():a`<${it} error=${{message:n}} />`}
    </main>
    ${d&&a`<${Js} key=${r} dag=${l} node=${l.nodes[r]} onClose=${()=>c(null)} reload=${e.reload} />`}
  </div>`}var re=m.letters,bo=50;function go({name:t}){let[e,s]=g([null]),[o,n]=g(new Set),[r,i]=g(""),l=e.length-1,c=I(()=>L(S`/dags/${t}/dead-letters`+de({limit:bo,cursor:e[l]})),[t,e[l]]),u=()=>{n(new Set),c.reload()},d=async b=>{try{let f=await we(S`/dags/${t}/dead-letters/redrive`,{ids:b});U(re.redriven(f.count))}catch(f){xe(re.notRedriven,f)}u()},p=(b,f)=>G(()=>a`<${Ie}
        title=${re.discardTitle(f)}
        detail=${re.discardDetail}
        action=${re.discard}
        run=${async()=>{try{let{body:v}=await z("DELETE",S`/dags/${t}/dead-letters`+de({ids:b==="all"?"all":b.join(",")}));U(re.discarded(v.count))}catch(v){xe(re.notDiscarded,v)}u()}}
      />`),$=[...o];return R(()=>n(new Set),[e[l]]),a`<main id="main" class="page">
    <div class="page-head">
      <a class="crumb" href="/">${m.nav.dags}</a><span class="muted" aria-hidden="true">/</span>
      <a class="crumb truncate" href=${`/dags/${t}`}>${t}</a><span class="muted" aria-hidden="true">/</span>
      <h1>${re.title}</h1>
      <span class="spacer"></span>
      ${(c.data?.total??0)>0&&Be.value&&a`<button class="button" type="button" onClick=${()=>d("all")}><${y} name="restart" />${re.redriveAll}</button>`}
      ${(c.data?.total??0)>0&&Ae.value&&a`<button class="button button--quiet button--danger" type="button" onClick=${()=>p("all",c.data.total)}><${y} name="delete" />${re.discardAll}</button>`}
    </div>
    <section class="panel table-wrap">
      <${B} of=${c} lines=${6}>
        ${b=>b.items.length===0?a`<${be} title=${re.empty} detail=${re.emptyDetail} drawing=${a`<${y} name="letters" />`} />`:a`<${ve}
                  label=${re.title}
                  items=${b.items}
                  keyOf=${f=>String(f.id)}
                  selected=${Be.value?o:void 0}
                  onSelect=${n}
                  columns=${[{key:"time",label:re.columns.time,cell:f=>he(f.time)},{key:"place",label:re.columns.place,cell:f=>a`<b>${f.node??f.publisher??f.subscriber??""}</b>`},{key:"error",label:re.columns.error,cell:f=>a`<span class="truncate error-text" title=${f.error}>${f.error}</span>`},{key:"cycle",label:re.columns.cycle,number:!0,cell:f=>ke(f.cycle)},{key:"state",label:re.columns.state,cell:f=>a`<span class="muted">${f.state}</span>`},{key:"more",label:"",number:!0,bare:!0,cell:f=>a`<button class="button button--small" type="button" aria-expanded=${r===String(f.id)} onClick=${()=>i(r===String(f.id)?"":String(f.id))}>${re.show}</button>`}]}
                />
                ${r&&a`<div class="panel-body"><${ye} source=${sr(b.items.find(f=>String(f.id)===r))} label=${re.message} /></div>`}
                <footer class="panel-foot">
                  ${$.length>0&&a`<div class="bulk"><b>${m.dashboard.selected($.length)}</b>
                    <button class="button button--small" type="button" onClick=${()=>d($)}><${y} name="restart" small />${re.redrive}</button>
                    ${Ae.value&&a`<button class="button button--small button--quiet button--danger" type="button" onClick=${()=>p($,$.length)}><${y} name="delete" small />${re.discard}</button>`}
                  </div>`}
                  <${_t} total=${b.total} limit=${bo} page=${l} count=${b.items.length} hasNext=${!!b.next_cursor} onPage=${f=>s(f>l?[...e,b.next_cursor]:e.slice(0,f+1))} />
                </footer>`}
      <//>
    </section>
  </main>`}function sr(t){return t?JSON.stringify(t,null,2):""}function j(t,e){return Array.isArray(t[e])||(t[e]=[]),t[e]}function mt(t,e){let s=new Set(["subscribers","publishers","calculators","transformers","nodes"].flatMap(r=>j(t,r).map(i=>i?.name))),o=e.replace(/[^A-Za-z0-9_]/g,"_").replace(/^_+$/,"part")||"part",n=o;for(let r=2;s.has(n);r++)n=`${o}_${r}`;return n}function or(t){return t.replace(/(Calculator|Transformer|Node)$/,"").replace(/([a-z])([A-Z])/g,"$1_$2").toLowerCase()}var nr={subscriber:"subscribers",publisher:"publishers",calculator:"calculators",transformer:"transformers",node:"nodes"};function yo(t,e){let s=structuredClone(e.example??{}),o=nr[e.kind],n=or(e.type.replace(/[^A-Za-z0-9_]/g,"_")),r=e.kind==="node"?s:{...s};if(r.name=mt(t,e.kind==="subscriber"?`${n}_in`:e.kind==="publisher"?`${n}_out`:n),e.kind==="node"){for(let l of["subscriber","calculator","publishers","input_transformers","output_transformers"])delete r[l];return r.type??=e.type,j(t,"nodes").push(r),r.name}if(j(t,o).push(r),e.kind==="transformer")return"";let i=e.kind==="subscriber"?{name:mt(t,`read_${r.name}`),type:"SubscriptionNode",config:{},subscriber:r.name}:e.kind==="publisher"?{name:mt(t,`write_${r.name}`),type:"PublicationNode",config:{},publishers:[r.name]}:{name:mt(t,`do_${r.name}`),type:"CalculationNode",config:{},calculator:r.name};return j(t,"nodes").push(i),i.name}function $t(t,e,s){let o=j(t,"edges");e!==s&&!o.some(n=>n.from_node===e&&n.to_node===s)&&o.push({from_node:e,to_node:s})}function nt(t,e,s){t.edges=j(t,"edges").filter(o=>o.from_node!==e||o.to_node!==s)}function jt(t,e){let s=j(t,"nodes").find(n=>n.name===e);if(t.nodes=t.nodes.filter(n=>n!==s),t.edges=j(t,"edges").filter(n=>n.from_node!==e&&n.to_node!==e),!s)return;let o=n=>JSON.stringify([t.nodes,t.edges]).includes(JSON.stringify(n));for(let[n,r]of[["subscribers",[s.subscriber]],["calculators",[s.calculator]],["publishers",s.publishers??[]]])for(let i of r)i&&!o(i)&&(t[n]=j(t,n).filter(l=>l.name!==i))}function wo(t,e,s){for(let o of j(t,"nodes"))o.name===e&&(o.name=s);for(let o of j(t,"edges"))o.from_node===e&&(o.from_node=s),o.to_node===e&&(o.to_node=s)}function vo(t,e,s,o){let n=i=>Array.isArray(i)?i.map(l=>l===s?o:l):i===s?o:i,r={subscribers:["subscriber"],calculators:["calculator"],publishers:["publishers"],transformers:["input_transformers","output_transformers"]};for(let i of j(t,e))i.name===s&&(i.name=o);for(let i of j(t,"nodes"))for(let l of r[e]??[])i[l]!==void 0&&(i[l]=n(i[l]));if(e==="transformers")for(let i of j(t,"edges"))i.transformer!==void 0&&(i.transformer=n(i.transformer))}function ko(t,e){let s=(o,n)=>j(t,o).find(r=>r?.name===n);return e?.subscriber?{area:"subscribers",kind:"subscriber",part:s("subscribers",e.subscriber)}:e?.calculator?{area:"calculators",kind:"calculator",part:s("calculators",e.calculator)}:e?.publishers?.[0]?{area:"publishers",kind:"publisher",part:s("publishers",e.publishers[0])}:null}function xo(t,e){let s=t==="subscriber"?e?.config?.source??e?.source:t==="publisher"?e?.config?.destination??e?.destination:null;return s?/^([a-z0-9+.-]+):/i.exec(s)?.[1]??"":String(e?.type??"")}function So(t,e){let s=j(t,"nodes").filter(n=>e.includes(n.name)),o=(n,r)=>j(t,n).filter(i=>r.includes(i.name));return{dagd:"nodes",nodes:s,edges:j(t,"edges").filter(n=>e.includes(n.from_node)&&e.includes(n.to_node)),subscribers:o("subscribers",s.map(n=>n.subscriber)),calculators:o("calculators",s.map(n=>n.calculator)),publishers:o("publishers",s.flatMap(n=>n.publishers??[]))}}function _o(t,e){let s={},o=r=>s[r]??r,n=structuredClone(e);for(let r of["subscribers","calculators","publishers","nodes"])for(let i of n[r]??[])s[i.name]=mt(t,i.name),i.name=s[i.name],j(t,r).push(i);for(let r of n.nodes??[])r.subscriber&&(r.subscriber=o(r.subscriber)),r.calculator&&(r.calculator=o(r.calculator)),r.publishers&&(r.publishers=r.publishers.map(o));for(let r of n.edges??[])j(t,"edges").push({...r,from_node:o(r.from_node),to_node:o(r.to_node)});return(n.nodes??[]).map(r=>r.name)}function ps(t,e){let[,s,o]=e.split("/"),n=t?.[s]?.[Number(o)];return n?s==="nodes"?n.name??null:s==="edges"?n.from_node??null:j(t,"nodes").find(i=>i.subscriber===n.name||i.calculator===n.name||i.publishers?.includes(n.name))?.name??null:null}var rr=m.editor,Co=["subscriber","calculator","publisher","transformer","node"];function Oo({components:t,onAdd:e,inputRef:s}){let[o,n]=g(""),[r,i]=g(""),l=K(null),c=o.toLowerCase(),u=t.filter(f=>`${f.type} ${f.name} ${f.summary}`.toLowerCase().includes(c)),d=Co.flatMap(f=>u.filter(v=>v.kind===f).sort((v,h)=>Number(h.is_available)-Number(v.is_available))),p=f=>`${f.kind} ${f.type}`,$=d.some(f=>p(f)===r)?r:d[0]&&p(d[0]);return a`<div class="palette" ref=${l} onKeyDown=${f=>{let v=[...l.current?.querySelectorAll(".palette-item")??[]],h=v.indexOf(document.activeElement),E={ArrowDown:h+1,ArrowRight:h+1,ArrowUp:h-1,ArrowLeft:h-1,Home:0,End:v.length-1}[f.key];h<0||E===void 0||(f.preventDefault(),v[Math.max(0,Math.min(v.length-1,E))].focus())}}>
    <form onSubmit=${f=>{f.preventDefault(),o&&d[0]&&e(d[0])}}><${Pe} label=${rr.palette} value=${o} onInput=${n} inputRef=${s} kbd="A" /></form>
    ${Co.map(f=>{let v=d.filter(h=>h.kind===f);return v.length>0&&a`<section key=${f}><h3>${m.components.plurals[f]}</h3>
          <ul>${v.map(h=>a`<li key=${h.type}>
              <button
                class="palette-item ${h.is_available?"":"palette-item--missing"}"
                type="button"
                draggable="true"
                tabindex=${p(h)===$?0:-1}
                onFocus=${()=>i(p(h))}
                title=${h.is_available?h.summary:`${h.summary} (${m.components.missing})`}
                onDragStart=${E=>E.dataTransfer?.setData("application/x-dagd-component",`${h.kind} ${h.type}`)}
                onClick=${()=>e(h)}
              ><${y} name=${Ue(`${h.type} ${h.address??""}`)} small /><span class="truncate">${h.type}</span></button>
            </li>`)}</ul></section>`})}
    ${u.length===0&&a`<p class="muted">${m.components.none}</p>`}
  </div>`}var ft=m.editor;function ar(t){let e=[t.type].flat();return t.enum?"choice":e.includes("boolean")?"check":e.includes("array")&&(!t.items||[t.items.type].flat().includes("string"))?"list":e.includes("integer")||e.includes("number")?e.includes("string")?"text":"number":e.includes("string")?t["x-ui"]?.secret?"secret":"text":"json"}function ir({name:t,schema:e,value:s,isRequired:o,problem:n,onChange:r}){let i=$s(),[l,c]=g(null),[u,d]=g(""),p=ar(e),$=e.description??e["x-ui"]?.help,b=a`<code>${t}</code>`,f=o?void 0:m.common.optional,v=e.default===void 0||e.default===null?"":String(typeof e.default=="object"?JSON.stringify(e.default):e.default);if(p==="check")return a`<${Le} label=${b} help=${$} checked=${s??e.default??!1} onInput=${r} />`;if(p==="choice")return a`<${Oe}
      label=${b}
      help=${$}
      problem=${n}
      value=${s===void 0?"":String(s)}
      onInput=${M=>r(M===""?void 0:e.enum.find(w=>String(w)===M))}
      options=${[...o&&s!==void 0?[]:[{value:"",label:v?ft.byDefault(v):ft.notSet}],...e.enum.map(M=>({value:String(M),label:String(M)}))]}
    />`;let h=l??(s===void 0?"":p==="list"&&Array.isArray(s)?s.join(", "):typeof s=="object"?JSON.stringify(s,null,1):String(s)),E=M=>{if(c(M),d(""),M.trim()==="")r(void 0);else if(p==="list")r(M.split(",").map(w=>w.trim()).filter(Boolean));else if(p==="number")Number.isFinite(Number(M))?r(Number(M)):d(ft.noNumber);else if(p==="json")try{r(JSON.parse(M))}catch(w){d(String(w.message))}else r(M)},T={id:i,value:h,placeholder:v,spellcheck:!1,"aria-invalid":u||n?"true":void 0,"aria-describedby":`${i}-help`,onInput:M=>E(M.target.value),onBlur:()=>c(null)};return a`<${xt} label=${b} for=${i} optional=${f} help=${$??(p==="list"?ft.listHelp:"")} problem=${u||n}>
    ${p==="json"?a`<textarea class="input mono" rows=${Math.min(8,h.split(`
`).length+1)} ...${T}></textarea>`:a`<input class="input ${p==="list"?"mono":""}" type=${p==="secret"?"password":"text"} inputmode=${p==="number"?"decimal":void 0} autocomplete="off" ...${T} />`}
  <//>`}function ms({schema:t,value:e,problems:s={},onChange:o,skip:n=[]}){let r=new Set(t?.required??[]),i=Object.keys(t?.properties??{}).filter(p=>!n.includes(p)),l=p=>t.properties[p]["x-ui"]?.order??1e3,c=i.filter(p=>r.has(p)||e?.[p]!==void 0).sort((p,$)=>l(p)-l($)),u=i.filter(p=>!c.includes(p)).sort((p,$)=>l(p)-l($)),d=p=>a`<${ir} key=${p} name=${p} schema=${t.properties[p]} value=${e?.[p]} isRequired=${r.has(p)} problem=${s[p]} onChange=${$=>o(p,$)} />`;return a`${c.map(d)}${u.length>0&&a`<details class="more-options"><summary>${ft.moreOptions(u.length)}</summary><div class="stack">${u.map(d)}</div></details>`}`}var X=m.editor,lr=/^(?=.*[A-Za-z])[A-Za-z0-9_]{1,1024}$/;function Ao({label:t,value:e,taken:s,onRename:o}){let[n,r]=g(e),i=n===e?"":lr.test(n)?s.has(n)?X.nameTaken:"":X.badName;return a`<${me} label=${t} value=${n} mono problem=${i} onInput=${r} />
    ${n!==e&&!i&&a`<button class="button button--small" type="button" onClick=${()=>o(n)}>${X.rename}</button>`}`}function qt(t,e,s){s===void 0?delete t[e]:t[e]=s}function Eo({draft:t,doc:e,node:s,edge:o,components:n,problems:r,onSelect:i}){let l=s&&j(e,"nodes").find(u=>u.name===s),c=o&&j(e,"edges").find(u=>`${u.from_node}_to_${u.to_node}`===o);return l?a`<${ur} key=${s} draft=${t} doc=${e} node=${l} components=${n} problems=${r} onSelect=${i} />`:c?a`<${dr} key=${o} draft=${t} doc=${e} edge=${c} onSelect=${i} />`:a`<${cr} draft=${t} doc=${e} />`}function cr({draft:t,doc:e}){let s=(n,r,i="",l="")=>a`<${me}
    label=${r}
    value=${e[n]??""}
    placeholder=${i}
    help=${l}
    mono
    onInput=${c=>t.change(u=>qt(u,n,c||void 0))}
  />`,o=j(structuredClone(e),"transformers");return a`<div class="pad stack">
    <h2>${X.dag}</h2>
    ${s("name",X.name)}
    <div class="field-row">${s("start_time",X.start,"09:00")}${s("end_time",X.end,"17:30")}${s("duration",X.duration,"8h")}</div>
    ${o.length>0&&a`<div class="field"><span class="field-label">${X.transformers}</span><ul class="stack stack--tight">${o.map(n=>a`<li class="mono">${n.name} <span class="muted">${n.type}</span></li>`)}</ul></div>`}
    <p class="muted">${X.selectHint}</p>
  </div>`}function ur({draft:t,doc:e,node:s,components:o,problems:n,onSelect:r}){let i=j(e,"nodes").indexOf(s),l=ko(e,s),c=l?xo(l.kind,l.part):s.type,u=o.find(w=>w.kind===(l?.kind??"node")&&(w.type===c||w.name===c)),d=new Set(j(e,"nodes").map(w=>w.name)),p=n.filter(w=>w.pointer.startsWith(`/nodes/${i}`)),$=l?j(e,l.area).indexOf(l.part):-1,b={};for(let w of n){let q=l&&new RegExp(`^/${l.area}/${$}/(?:config/)?([^/]+)`).exec(w.pointer);q&&(b[q[1]]=w.message)}let f=l&&l.part&&!l.part.config,v=l?f?l.part:l.part?.config:s.config,h=(w,q)=>t.change(le=>{let D=l?j(le,l.area)[$]:j(le,"nodes")[i];qt(f?D:D.config??={},w,q)}),E=[...d].filter(w=>w!==s.name),T=j(e,"edges").filter(w=>w.to_node===s.name),M=j(e,"edges").filter(w=>w.from_node===s.name);return a`<div class="pad stack">
    <header class="row"><h2 class="truncate">${s.name}</h2><span class="tag">${s.type}</span><span class="spacer"></span>
      <button class="button button--small button--danger" type="button" onClick=${()=>{t.change(w=>jt(w,s.name)),r(null)}}><${y} name="delete" small />${X.remove}</button></header>
    ${p.map(w=>a`<p class="note note--${w.severity==="error"?"failed":"warning"}">${w.message}</p>`)}
    <${Ao} label=${X.name} value=${s.name} taken=${d} onRename=${w=>{t.change(q=>wo(q,s.name,w)),r(w)}} />
    ${l?.part&&a`<section class="stack part-form"><h3>${X.kinds[l.kind]} <span class="muted">${c}</span></h3>
      ${u?.summary&&a`<p class="muted">${u.summary}</p>`}
      <${Ao} label=${X.partName} value=${l.part.name} taken=${new Set(j(e,l.area).map(w=>w.name))} onRename=${w=>t.change(q=>vo(q,l.area,l.part.name,w))} />
      ${u?a`<${ms} schema=${u.schema} value=${v} problems=${b} onChange=${h} />`:a`<p class="muted">${X.noSchema}</p>`}
    </section>`}
    ${!l&&u&&Object.keys(u.schema?.properties??{}).length>0&&a`<section class="stack part-form"><h3>${X.config}</h3><${ms} schema=${u.schema} value=${v} onChange=${h} skip=${["subscriber","calculator","publishers"]} /></section>`}
    <section class="stack"><h3>${X.edges}</h3>
      <ul class="edge-list">
        ${T.map(w=>a`<li><span class="muted">${X.fromNode}</span> ${w.from_node}<button class="button button--quiet button--icon button--small" type="button" aria-label=${X.disconnect(w.from_node,s.name)} onClick=${()=>t.change(q=>nt(q,w.from_node,s.name))}><${y} name="close" small /></button></li>`)}
        ${M.map(w=>a`<li><span class="muted">${X.toNode}</span> ${w.to_node}<button class="button button--quiet button--icon button--small" type="button" aria-label=${X.disconnect(s.name,w.to_node)} onClick=${()=>t.change(q=>nt(q,s.name,w.to_node))}><${y} name="close" small /></button></li>`)}
      </ul>
      ${E.length>0&&a`<${Oe}
        label=${X.connectTo}
        value=""
        onInput=${w=>w&&t.change(q=>$t(q,s.name,w))}
        options=${[{value:"",label:X.choose},...E.filter(w=>!M.some(q=>q.to_node===w)).map(w=>({value:w,label:w}))]}
      />`}
    </section>
  </div>`}function dr({draft:t,doc:e,edge:s,onSelect:o}){let n=j(e,"edges").indexOf(s),r=[...j(structuredClone(e),"transformers").map(l=>l.name)],i=(l,c)=>t.change(u=>qt(j(u,"edges")[n],l,c||void 0));return a`<div class="pad stack">
    <header class="row"><h2 class="truncate">${s.from_node} → ${s.to_node}</h2><span class="spacer"></span>
      <button class="button button--small button--danger" type="button" onClick=${()=>{t.change(l=>nt(l,s.from_node,s.to_node)),o(null)}}><${y} name="delete" small />${X.remove}</button></header>
    <${Oe} label=${X.transformer} value=${s.transformer??""} onInput=${l=>i("transformer",l)} options=${[{value:"",label:X.none},...r.map(l=>({value:l,label:l}))]} />
    <${me} label=${a`<code>pname</code>`} value=${s.pname??""} mono help=${X.pnameHelp} optional=${m.common.optional} onInput=${l=>i("pname",l)} />
  </div>`}var ce=m.editor;function Mo(t){G(()=>t.name?a`<${mr} ...${t} />`:a`<${pr} ...${t} />`)}function To({error:t}){return t?a`<div class="note note--failed" role="alert"><${Y} name="failed" tone="failed" />
    <div>${t.message}${(t.errors??[]).slice(0,5).map(e=>a`<br /><span class="mono">${e.pointer}</span> ${e.message}`)}</div></div>`:null}function pr({draft:t,onSaved:e}){let[s,o]=g(!1),[n,r]=g(null),i=t.good.name??"",l=async()=>{try{let{body:c,etag:u}=await z("POST","/dags"+de({start:s}),{body:t.source.peek()});pe(),U(ce.created(c.name)),e(c.name,u)}catch(c){r(c)}};return a`<${Se} title=${ce.createTitle(i)} onSubmit=${l} foot=${a`<span class="spacer"></span><button class="button" type="button" onClick=${pe}>${m.common.cancel}</button><button class="button button--primary" type="submit"><${y} name="check" />${ce.create}</button>`}>
    <${Le} label=${m.clone.start} checked=${s} onInput=${o} />
    <${To} error=${n} />
  <//>`}function mr({draft:t,name:e,onSaved:s}){let o=I(()=>we(S`/dags/${e}/plan`,t.source.peek()),[e]),[n,r]=g(null),i=async l=>{try{let c=await z("PUT",S`/dags/${e}`,{body:t.source.peek(),ifMatch:l});pe(),U(ce.saved(e)),s(e,c.etag)}catch(c){c instanceof yt&&c.status===412?G(()=>a`<${fr} draft=${t} name=${e} onSaved=${s} />`):r(c)}};return a`<${Se}
    wide
    title=${ce.saveTitle(e)}
    onSubmit=${()=>i(t.revision)}
    side=${a`<h3>${ce.means}</h3><${B} of=${o}>${l=>a`<${$r} plan=${l} />`}<//>`}
    foot=${a`<span class="spacer"></span><button class="button" type="button" onClick=${pe}>${m.common.cancel}</button><button class="button button--primary" type="submit" disabled=${!!o.error}><${y} name="check" />${m.common.save}</button>`}
  >
    <${B} of=${o}>${l=>a`<${He} source=${l.diff||" "} label=${ce.changes} />`}<//>
    <${To} error=${n} />
  <//>`}function $r({plan:t}){let e=t.parts.filter(o=>o.action!=="keep"),s=t.parts.length-e.length;return a`<ul class="stack stack--tight plan">
    ${e.map(o=>a`<li><b>${o.name}</b> <span class="tag">${ce.plan[o.action]??o.action}</span><br /><span class="muted">${o.why}</span></li>`)}
    ${s>0&&a`<li class="muted">${ce.kept(s)}</li>`}
  </ul>`}function fr({draft:t,name:e,onSaved:s}){let o=I(()=>z("GET",S`/dags/${e}`),[e]),n=t.base.peek(),r=()=>{t.settle(o.data?.text??"",o.data?.etag??""),pe()},i=async()=>{let l=await z("PUT",S`/dags/${e}`,{body:t.source.peek(),ifMatch:o.data?.etag}).catch(()=>null);if(!l){o.reload();return}pe(),U(ce.saved(e)),s(e,l.etag)};return a`<${Se}
    wide
    title=${ce.conflictTitle(e)}
    note=${ce.conflictNote}
    side=${a`<h3>${ce.yours}</h3><${He} source=${ct(n,t.source.peek())} label=${ce.yours} />`}
    foot=${a`<span class="spacer"></span><button class="button" type="button" onClick=${pe}>${ce.keepEditing}</button><button class="button" type="button" onClick=${r}>${ce.takeTheirs}</button><button class="button button--primary" type="button" onClick=${i}>${ce.saveOurs}</button>`}
  >
    <h3>${ce.theirs}</h3>
    <${B} of=${o}>${l=>a`<${He} source=${ct(n,l.text)} label=${ce.theirs} />`}<//>
  <//>`}var Q=m.editor,hr=300,No={name:"new_dag",subscribers:[],publishers:[],calculators:[],transformers:[],nodes:[],edges:[]};function Lo({name:t}){let e=I(async()=>{let[s,o,n]=await Promise.all([t?z("GET",S`/dags/${t}`):Promise.resolve({text:br(),etag:""}),L("/components"),t?L(S`/dags/${t}/layout`).catch(()=>({})):Promise.resolve({})]);return{definition:s,components:o.items,layout:n??{}}},[t]);return e.data?a`<${gr} name=${t??null} ...${e.data} />`:a`<main id="main" class="page">${e.error?a`<${it} error=${e.error} retry=${e.reload} />`:a`<${kt} lines=${10} />`}</main>`}function br(){return(ae.value.query.get("from")==="upload"?JSON.parse(sessionStorage.getItem("dagd.upload")??"null"):null)?.text??Ve(No)}function gr({name:t,definition:e,components:s,layout:o}){let n=Te(()=>new Ot(t??"*new*",e.text,{base:e.text,revision:e.etag}),[t]),[r,i]=g([]),[l,c]=g([]),[u,d]=g(null),[p,$]=g(!1),b=K(null),f=K(null),v=ae.value.query.get("view")??"graph",h=n.source.value,{doc:E,problem:T}=n.parsed.value,M=E===null,w=n.good,q=l.length===1?l[0]:null,le=r.filter(_=>_.severity!=="warning"&&_.severity!=="note"),D=_=>{d(null),c(_?[_]:[])};R(()=>(at.isDirty=()=>n.isDirty.peek(),at.ask=()=>confirm(Q.leave),ae.value.query.get("from")==="upload"&&!t&&(n.base.value=Ve(No)),()=>{at.isDirty=null,n.close()}),[n]),R(()=>{let _=new AbortController,J=setTimeout(async()=>{try{let W=await we("/validate",h,{signal:_.signal});i(W.problems),$(!0)}catch(W){let se=W.errors;se?.length?i(se):_.signal.aborted||$(!1)}},hr);return()=>{clearTimeout(J),_.abort()}},[h]);let x=()=>{if(!Kt.value){if(le.length){O(le[0]),Gt(Q.firstProblem,le[0].message);return}Mo({draft:n,name:t,onSaved:(_,J)=>{n.settle(n.source.peek(),J),at.isDirty=null,Xe(`/dags/${_}`)}})}},O=_=>{let J=ps(w,_.pointer);J&&D(J),v!=="graph"&&b.current?.go(_.line,_.column)},C=_=>{let J="";M||(n.change(W=>{J=yo(W,_),J&&q&&_.kind!=="subscriber"&&$t(W,q,J)}),J?D(J):U(Q.added(_.type)))},ue=()=>{if(!M){if(u){let _=w.edges.find(J=>`${J.from_node}_to_${J.to_node}`===u);_&&n.change(J=>nt(J,_.from_node,_.to_node))}else l.length&&n.change(_=>l.forEach(J=>jt(_,J)));D(null)}};return R(()=>{let _=W=>{let se=W.target.closest("input, textarea, select, .editor-text")!==null,fe=W.ctrlKey||W.metaKey;if(!Kt.value){if(fe&&W.key==="s")x();else{if(se)return;if(fe&&W.key==="z"&&!W.shiftKey)n.undo();else if(fe&&(W.key==="y"||W.key==="z"&&W.shiftKey))n.redo();else if(fe&&W.key==="c"&&l.length&&!String(getSelection()))navigator.clipboard.writeText(JSON.stringify(So(w,l),null,2)).then(()=>U(m.common.copied));else if(fe&&W.key==="a")c(w.nodes.map(rt=>rt.name));else if(W.key==="Delete"||W.key==="Backspace")ue();else if(W.key.toLowerCase()==="a"&&!fe)f.current?.focus();else return}W.preventDefault()}},J=W=>{if(!(W.target.closest?.("input, textarea, .editor-text")||M))try{let se=JSON.parse(W.clipboardData?.getData("text")??""),fe=[];if(se.dagd!=="nodes")return;n.change(rt=>fe=_o(rt,se)),c(fe)}catch{Gt(Q.noNodes)}};return document.addEventListener("keydown",_),document.addEventListener("paste",J),()=>{document.removeEventListener("keydown",_),document.removeEventListener("paste",J)}}),a`<main id="main" class="editor">
    <header class="editor-head">
      <a class="crumb" href=${t?`/dags/${t}`:"/"}>${t??m.nav.dags}</a><span class="muted" aria-hidden="true">/</span>
      <h1 class="truncate">${t?Q.title:Q.newTitle}</h1>
      <span class="muted hide-phone">${n.isDirty.value?Q.unsaved:Q.same}</span>
      <span class="spacer"></span>
      <${We} label=${Q.views} value=${v} onInput=${_=>ie({view:_})} options=${["graph","json","both"].map(_=>({value:_,label:Q.viewNames[_]}))} />
      <div class="button-row">
        <button class="button button--icon" type="button" aria-label=${Q.undo} disabled=${n.steps.value>=0&&n.past.length===0} onClick=${()=>n.undo()}><${y} name="undo" /></button>
        <button class="button button--icon" type="button" aria-label=${Q.redo} disabled=${n.steps.value>=0&&n.future.length===0} onClick=${()=>n.redo()}><${y} name="redo" /></button>
        <button class="button button--primary" type="button" disabled=${!n.isDirty.value&&t!==null} onClick=${x}><${y} name="check" />${m.common.save}</button>
      </div>
    </header>
    ${n.isRestored&&n.isDirty.value&&a`<div class="banner banner--waiting" role="status"><${Y} name="waiting" tone="waiting" />${n.isBehind?Q.restoredOld:Q.restored}<span class="spacer"></span><button class="button button--small" type="button" onClick=${()=>n.settle(e.text,e.etag)}>${Q.throwAway}</button></div>`}
    <div class="editor-body editor-body--${v}">
      <${Oo} components=${s} onAdd=${C} inputRef=${f} />
      <div class="editor-work">
        ${v!=="json"&&a`<${yr} draft=${n} doc=${w} name=${t} layout=${o} problems=${r} components=${s} isFrozen=${M} frozenBy=${T} selected=${l} edge=${u} onSelect=${D} onSelectMany=${c} onSelectEdge=${_=>{c([]),d(_)}} onAdd=${C} />`}
        ${v!=="graph"&&a`<${wr} draft=${n} problems=${r} code=${b} onSave=${x} />`}
      </div>
      <aside class="editor-side" aria-label=${Q.properties}><${Eo} draft=${n} doc=${w} node=${q} edge=${u} components=${s} problems=${r} onSelect=${D} /></aside>
    </div>
    <${vr} problems=${r} isReady=${p} onOpen=${O} />
  </main>`}function yr({draft:t,doc:e,name:s,layout:o,problems:n,components:r,isFrozen:i,frozenBy:l,selected:c,edge:u,onSelect:d,onSelectEdge:p,onAdd:$}){let b=K(null),f=K(null),v=K({LR:{},TB:{},...o}),[h,E]=g(Rt()),[T,M]=g({zoom:1}),w=ae.value.query.get("view")==="both",q=K({}),le=Te(()=>{let x=Is(e),O=new Set(n.filter(C=>C.severity==="error").map(C=>ps(e,C.pointer)));for(let C of x.nodes)C.mark=O.has(C.name)?"problem":"";return x},[e,n]);return q.current={onSelect:d,onSelectEdge:p,draft:t,direction:h,name:s},R(()=>{let x=()=>q.current,O=new ot(b.current,{isEditor:!0,onSelect:C=>x().onSelect(C),onSelectEdge:C=>x().onSelectEdge(C),onConnect:(C,ue)=>x().draft.change(_=>$t(_,C,ue)),onMove:(C,ue)=>{v.current[x().direction]={...v.current[x().direction],[C]:ue},x().name&&$o(x().name,v.current).catch(_=>xe(Q.layoutNotKept,_))},onView:M});return f.current=O,()=>O.destroy()},[]),R(()=>E(w?"TB":Rt()),[w]),R(()=>{let x=!0,O=f.current;return Pt(le.nodes,le.edges,h,O.size).then(({places:C})=>{x&&(O.draw(le,ls(v.current,h,{...C}),h),O.select(c[0]??null))}),()=>{x=!1}},[le,h]),R(()=>{u?f.current?.selectEdge(u):f.current?.select(c[0]??null,{reveal:!0})},[c,u]),a`<div class="canvas ${i?"canvas--frozen":""}" onDragOver=${x=>x.preventDefault()} onDrop=${x=>{let[O,C]=(x.dataTransfer?.getData("application/x-dagd-component")??"").split(" "),ue=r.find(_=>_.kind===O&&_.type===C);x.preventDefault(),ue&&$(ue)}}>
    <svg class="graph" ref=${b} role="group" aria-label=${m.graph.of(e.name??"")}></svg>
    ${i&&a`<p class="note note--warning frozen-note" role="status"><${Y} name="warning" tone="warning" />${Q.frozen(l)}</p>`}
    ${le.nodes.length===0&&a`<p class="board-hint muted">${Q.boardHint}</p>`}
    <${cs} canvas=${f.current} zoom=${T.zoom} direction=${h} onTurn=${()=>E(h==="LR"?"TB":"LR")} />
  </div>`}function wr({draft:t,problems:e,code:s,onSave:o}){let n=K(null),[r,i]=g(!1),l=K(o);return l.current=o,R(()=>{let c=!0;return import("./part-SME3P5AR.js").then(({makeCode:u})=>{!c||!n.current||(s.current=u(n.current,{source:t.source.peek(),label:Q.json,onChange:d=>t.set(d,!0),onSave:()=>l.current(),onUndo:()=>t.undo(),onRedo:()=>t.redo()}),i(!0))}),()=>{c=!1,s.current?.destroy(),s.current=null}},[t]),R(()=>s.current?.set(t.source.value),[t.source.value,r]),R(()=>s.current?.mark(e),[e,r]),a`<div class="editor-text" ref=${n}></div>`}function vr({problems:t,isReady:e,onOpen:s}){let o=t.filter(n=>n.severity!=="note");return a`<section class="problems" aria-label=${Q.problems}>
    <header class="row"><h2>${Q.problems}</h2><span class="count-pill ${o.length?"count-pill--failed":""}">${o.length}</span>${o.length===0&&e&&a`<span class="muted row"><${Y} name="done" tone="done" />${Q.good}</span>`}</header>
    ${o.length>0&&a`<ul>
      ${o.map(n=>a`<li key=${`${n.pointer} ${n.code}`}><button type="button" onClick=${()=>s(n)}>
          <${Y} name=${n.severity==="warning"?"warning":"failed"} tone=${n.severity==="warning"?"warning":"failed"} /><span>${n.message}${n.suggestion&&a` <b>${Q.suggestion(n.suggestion)}</b>`}</span>
          <span class="muted mono hide-phone">${n.pointer}</span><span class="muted">${Q.line(n.line)}</span></button></li>`)}
    </ul>`}
  </section>`}var Bt=m.help;function Do(){let t=I(()=>L("/openapi.json"),[]);return a`<main id="main" class="page">
    <div class="page-head"><h1>${Bt.title}</h1></div>
    <section class="panel"><header class="panel-head"><h2>${Bt.keys}</h2></header>
      <div class="panel-body"><dl class="facts-list">${Bt.shortcuts.map(([e,s])=>a`<dt>${e.split(" ").map(o=>a`<kbd>${o}</kbd> `)}</dt><dd>${s}</dd>`)}</dl></div>
    </section>
    <section class="panel"><header class="panel-head"><h2>${Bt.api}</h2><span class="spacer"></span><a href="/api/v1/openapi.json" target="_blank" rel="noreferrer">openapi.json</a></header>
      <div class="panel-body"><${B} of=${t}>${e=>a`<${kr} document=${e} />`}<//></div>
    </section>
  </main>`}function kr({document:t}){let e=new Map;for(let[s,o]of Object.entries(t.paths))for(let[n,r]of Object.entries(o)){let i=r.tags?.[0]??"";e.set(i,[...e.get(i)??[],{route:s,method:n.toUpperCase(),summary:r.summary}])}return a`${[...e].map(([s,o])=>a`<h3 class="section-title">${s}</h3>
      <dl class="operations">${o.map(n=>a`<div><dt><span class="tag">${n.method}</span> <code>${n.route}</code></dt><dd>${n.summary}</dd></div>`)}</dl>`)}`}var Z=m.server,xr=["error","warning","info","debug"];function Io(){let t=I(()=>L("/server"),[]),e=Ae.value&&gs.value;return a`<main id="main" class="page">
    <div class="page-head"><h1>${Z.title}</h1><span class="spacer"></span>${e&&a`<button class="button button--danger" type="button" onClick=${Sr}><${y} name="stop" />${Z.drain}</button>`}</div>
    <${B} of=${t}>
      ${s=>a`<div class="columns">
        <section class="panel">
          <header class="panel-head"><h2>${Z.about}</h2><span class="spacer"></span>${s.is_well?a`<${Ce} tone="running" glyph="done">${Z.well}<//>`:a`<${Ce} tone="failed">${Z.unwell}<//>`}</header>
          <div class="panel-body"><dl class="facts-list">
            <dt>${Z.version}</dt><dd>${s.version}</dd><dt>${Z.build}</dt><dd>${s.build}</dd>
            <dt>${Z.started}</dt><dd title=${he(s.started)}>${_e(s.started)}</dd><dt>${Z.uptime}</dt><dd>${Ze(s.uptime_ms/1e3)}</dd>
            <dt>${Z.role}</dt><dd>${s.role}</dd><dt>${Z.threads}</dt><dd>${s.threads}</dd>
          </dl></div>
        </section>
        <section class="panel">
          <header class="panel-head"><h2>${Z.parts}</h2></header>
          <div class="panel-body"><ul class="stack stack--tight">${s.parts.map(o=>a`<li class="row"><${Y} name=${o.is_well?"done":"failed"} tone=${o.is_well?"done":"failed"} /><b>${o.name}</b><span class="muted">${o.detail??""}</span></li>`)}</ul></div>
        </section>
        <section class="panel">
          <header class="panel-head"><h2>${Z.limits}</h2></header>
          <div class="panel-body"><dl class="facts-list">${Object.entries(s.limits).map(([o,n])=>a`<dt>${o.replaceAll("_"," ")}</dt><dd>${/bytes|size/.test(o)?vs(n):ke(n)}</dd>`)}</dl></div>
        </section>
      </div>`}
    <//>
    ${e&&a`<${_r} /><${Cr} />`}
  </main>`}function Sr(){G(()=>a`<${Ie}
      title=${Z.drain}
      detail=${Z.drainDetail}
      action=${Z.drain}
      word="drain"
      run=${async()=>{try{await z("POST","/server/drain"),U(Z.draining)}catch(t){xe(Z.notDrained,t)}}}
    />`)}function _r(){let t=I(()=>L("/log-levels"),[]),e=K(null),s=K(!0);R(()=>vt("log"),[]),R(()=>{s.current&&e.current&&(e.current.scrollTop=e.current.scrollHeight)},[wt.value]);let o=async n=>{try{t.setData((await z("PUT","/log-levels",{body:{level:n}})).body),U(Z.levelIs(n))}catch(r){xe(Z.levelNotSet,r)}};return a`<section class="panel">
    <header class="panel-head"><h2>${Z.log}</h2><span class="spacer"></span>
      ${t.data&&a`<${Ye} auto label=${Z.level} value=${t.data.level} onInput=${o} options=${xr.map(n=>({value:n,label:`${Z.level}: ${n}`}))} />`}
    </header>
    <div class="log" ref=${e} role="log" aria-label=${Z.log} tabindex="0" onScroll=${n=>s.current=n.target.scrollHeight-n.target.scrollTop-n.target.clientHeight<8}>
      ${wt.value.length===0&&a`<p class="muted">${Z.noLines}</p>`}
      ${wt.value.map(n=>a`<div class="log-line log-line--${n.level}"><time>${Fe(n.time)}</time><span class="log-level">${n.level}</span><span>${[n.dag,n.component].filter(Boolean).join("/")} ${n.message}</span></div>`)}
    </div>
  </section>`}function Cr(){let t=I(()=>L("/config"),[]);return a`<section class="panel">
    <header class="panel-head"><h2>${Z.settings}</h2></header>
    <div class="panel-body"><${B} of=${t}>${e=>a`<${ye} value=${e} label=${Z.settings} />`}<//></div>
  </section>`}var F=m.users;function zo({name:t}){let e=I(()=>L(S`/users/${t}`),[t]),s=I(()=>L(S`/users/${t}/login-sessions`),[t]),o=I(()=>L(S`/users/${t}/tokens`),[t]),n=()=>[e,s,o].forEach(c=>c.reload()),r=t===qe.value?.name,i=(c,u)=>Me(()=>z("PATCH",S`/users/${t}`,{body:c}),u,F.notChanged,n),l=c=>[{label:c.is_disabled?F.enable:F.disable,icon:c.is_disabled?"start":"stop",run:()=>i({is_disabled:!c.is_disabled},c.is_disabled?F.enabled(t):F.disabled(t))},{label:F.remove,icon:"delete",danger:!0,line:!0,reason:r?F.yourself:void 0,run:()=>G(()=>a`<${Ie} title=${F.removeTitle(t)} detail=${F.removeDetail} action=${F.remove} word=${t} run=${()=>Me(()=>z("DELETE",S`/users/${t}`),F.removed(t),F.notChanged,()=>Xe("/users"))} />`)}];return a`<main id="main" class="page page--narrow">
    <div class="page-head">
      <a class="crumb" href="/users">${F.title}</a><span class="muted" aria-hidden="true">/</span>
      <h1 class="truncate" title=${t}>${t}</h1>${r&&a`<span class="tag">${F.you}</span>`}
      <span class="spacer"></span>
      ${e.data&&a`<div class="button-row">
        <button class="button" type="button" onClick=${()=>G(()=>a`<${Vt} user=${e.data} done=${n} />`)}><${y} name="edit" />${F.edit}</button>
        <button class="button" type="button" onClick=${()=>G(()=>a`<${Xt} user=${t} done=${n} />`)}><${y} name="restart" />${F.reset}</button>
        <${Ke} label=${m.dashboard.moreActions(t)} icon="more" items=${l(e.data)} />
      </div>`}
    </div>
    <section class="panel">
      <div class="panel-body"><${B} of=${e}>
        ${c=>a`<dl class="facts-list">
          <dt>${F.columns.state}</dt><dd><${Ut} user=${c} /></dd>
          ${c.full_name&&a`<dt>${F.fullName}</dt><dd>${c.full_name}</dd>`}
          <dt>${F.columns.role}</dt><dd>${c.role} <span class="muted">${F.roles[c.role]}</span></dd>
          <dt>${F.columns.scope}</dt><dd><span class="mono">${c.scope||"*"}</span></dd>
          <dt>${F.columns.login}</dt><dd title=${he(c.last_login)}>${c.last_login?_e(c.last_login):m.common.never}</dd>
          <dt>${F.made}</dt><dd>${he(c.created)}</dd>
        </dl>`}
      <//></div>
    </section>
    <section class="panel">
      <header class="panel-head"><h2>${m.account.logins}</h2><span class="spacer"></span>
        ${(s.data?.items.length??0)>0&&a`<button class="button button--small" type="button" onClick=${()=>Me(()=>z("DELETE",S`/users/${t}/login-sessions`),F.signedOut(t),F.notChanged,n)}><${y} name="sign_out" small />${F.signOutAll}</button>`}
      </header>
      <div class="panel-body"><${B} of=${s}>${c=>a`<${Zt} items=${c.items} />`}<//></div>
    </section>
    <section class="panel">
      <header class="panel-head"><h2>${F.tokens}</h2><span class="spacer"></span>
        ${(o.data?.items.length??0)>1&&a`<button class="button button--small button--danger" type="button" onClick=${()=>Me(()=>z("DELETE",S`/users/${t}/tokens`),F.revokedAll,F.notChanged,n)}>${F.revokeAll}</button>`}
      </header>
      <div class="panel-body"><${B} of=${o}>${c=>a`<${Ct} items=${c.items} revoke=${u=>Me(()=>z("DELETE",S`/users/${t}/tokens/${u}`),F.revoked,F.notChanged,n)} />`}<//></div>
    </section>
  </main>`}export{Ms as account,Ns as audit,zs as components,ho as dag,go as deadLetters,Lo as editor,Do as help,Io as server,zo as user,As as users};
