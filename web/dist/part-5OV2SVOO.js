import{$ as Z,A as ft,Aa as gt,B as is,Ba as st,C as He,Ca as ot,Da as fe,E as Ie,Ea as yt,F as Ce,Fa as hs,G as ls,I as cs,Ja as Ue,O as us,P as xe,Q as z,R as Ne,S as ds,T as Le,U as Je,V as _e,W as ze,X as ve,Y as zt,Z as m,_ as y,aa as ps,b,ba as Ae,c as P,ca as ht,d as Y,da as pe,e as Se,ea as tt,f as os,fa as I,g as dt,ga as F,h as It,ha as H,i as ne,ia as jt,j as et,ja as ye,k as pt,ka as Pt,l as re,la as V,ma as ce,na as me,o as i,oa as je,p as ns,pa as Ge,q,qa as ms,r as D,ra as $s,s as de,sa as fs,t as O,ta as bt,u as le,ua as $e,v as mt,va as ke,w as rs,wa as Ke,x as as,xa as De,y as $t,ya as Pe,z as Oe,za as Te}from"./part-POYAY6F2.js";var v=m.users,bs=["viewer","operator","admin"].map(t=>({value:t,label:t}));async function Be(t,e,s,n){try{await t(),H(e)}catch(o){ye(s,o)}n()}function gs(){let t=ne.value.query.get("q")??"",e=I(()=>D("/users"+le({q:t,limit:500})),[t]),s=n=>[{label:v.edit,icon:"edit",run:()=>V(()=>i`<${Oo} user=${n} done=${e.reload} />`)},{label:v.reset,icon:"restart",run:()=>V(()=>i`<${Co} user=${n.name} />`)},{label:n.is_disabled?v.enable:v.disable,icon:n.is_disabled?"start":"stop",run:()=>Be(()=>q("PATCH",O`/users/${n.name}`,{body:{is_disabled:!n.is_disabled}}),n.is_disabled?v.enabled(n.name):v.disabled(n.name),v.notChanged,e.reload)},{label:v.signOutAll,icon:"sign_out",run:()=>Be(()=>q("DELETE",O`/users/${n.name}/login-sessions`),v.signedOut(n.name),v.notChanged,e.reload)},{label:v.tokens,icon:"code",run:()=>V(()=>i`<${_o} user=${n.name} />`)},{label:v.remove,icon:"delete",danger:!0,line:!0,reason:n.name===He.value?.name?v.yourself:void 0,run:()=>V(()=>i`<${je} title=${v.removeTitle(n.name)} detail=${v.removeDetail} action=${v.remove} word=${n.name} run=${()=>Be(()=>q("DELETE",O`/users/${n.name}`),v.removed(n.name),v.notChanged,e.reload)} />`)}];return i`<main id="main" class="page page--narrow">
    <div class="page-head"><h1>${v.title}</h1><span class="spacer"></span><button class="button button--primary" type="button" onClick=${()=>V(()=>i`<${So} done=${e.reload} />`)}><${y} name="add" />${v.add}</button></div>
    <div class="filters"><${Te} label=${v.filter} value=${t} onInput=${n=>re({q:n})} /></div>
    <section class="panel table-wrap">
      <${F} of=${e}>
        ${n=>n.items.length===0?i`<${pe} title=${v.none} drawing=${i`<${y} name="users" />`} />`:i`<${fe}
                label=${v.title}
                items=${n.items}
                keyOf=${o=>o.name}
                columns=${[{key:"name",label:v.columns.name,bare:!0,cell:o=>i`<b>${o.name}</b>${o.name===He.value?.name?i` <span class="tag">${v.you}</span>`:""}`},{key:"role",label:v.columns.role,cell:o=>o.role},{key:"scope",label:v.columns.scope,cell:o=>i`<span class="mono">${o.scope||"*"}</span>`},{key:"login",label:v.columns.login,cell:o=>i`<span class="muted" title=${ve(o.last_login)}>${o.last_login?_e(o.last_login):m.common.never}</span>`},{key:"tokens",label:v.columns.tokens,number:!0,cell:o=>o.token_count??0},{key:"state",label:v.columns.state,bare:!0,cell:o=>o.is_disabled?i`<${Ae} tone="stopped">${v.isDisabled}<//>`:i`<span class="muted">${v.isActive}</span>`},{key:"more",label:"",number:!0,bare:!0,cell:o=>i`<${ot} label=${m.dashboard.moreActions(o.name)} icon="more" quiet small items=${s(o)} />`}]}
              />`}
      <//>
    </section>
  </main>`}function xo({error:t}){return i`<div aria-live="assertive">${t&&i`<p class="note note--failed"><${Z} name="failed" tone="failed" />${t.message}</p>`}</div>`}function Ve({title:t,action:e,send:s,good:n,done:o,children:r}){let[a,l]=b(null),[c,u]=b(!1);return i`<${me} title=${t} onSubmit=${async()=>{u(!0);try{await s(),ce(),H(n),o?.()}catch(p){l(p)}u(!1)}} foot=${i`<span class="spacer"></span><button class="button" type="button" onClick=${ce}>${m.common.cancel}</button><button class="button button--primary" type="submit" disabled=${c}>${e}</button>`}>
    ${r}<${xo} error=${a} />
  <//>`}function So({done:t}){let[e,s]=b({name:"",password:"",role:"viewer",scope:""}),n=o=>s({...e,...o});return i`<${Ve} title=${v.add} action=${v.create} send=${()=>de("/users",{name:e.name,password:e.password,role:e.role,...e.scope?{scope:e.scope}:{}})} good=${v.created(e.name)} done=${t}>
    <${$e} label=${v.columns.name} value=${e.name} onInput=${o=>n({name:o})} />
    <${Ue} label=${m.login.password} value=${e.password} onInput=${o=>n({password:o})} autocomplete="new-password" help=${m.setup.rule} />
    <${ke} label=${v.columns.role} value=${e.role} onInput=${o=>n({role:o})} options=${bs} help=${v.roles[e.role]} />
    <${$e} label=${v.columns.scope} value=${e.scope} onInput=${o=>n({scope:o})} mono placeholder="trade_*, fx_rates" help=${v.scopeHelp} optional=${m.common.optional} />
  <//>`}function Oo({user:t,done:e}){let[s,n]=b(t.role),[o,r]=b(t.scope);return i`<${Ve} title=${v.editTitle(t.name)} action=${m.common.save} send=${()=>q("PATCH",O`/users/${t.name}`,{body:{role:s,scope:o}})} good=${v.changed(t.name)} done=${e}>
    <${ke} label=${v.columns.role} value=${s} onInput=${n} options=${bs} help=${v.roles[s]} />
    <${$e} label=${v.columns.scope} value=${o} onInput=${r} mono help=${v.scopeHelp} optional=${m.common.optional} />
  <//>`}function Co({user:t}){let[e,s]=b("");return i`<${Ve} title=${v.resetTitle(t)} action=${v.reset} send=${()=>q("PUT",O`/users/${t}/password`,{body:{password:e}})} good=${v.wasReset(t)}>
    <${Ue} label=${v.newPassword} value=${e} onInput=${s} autocomplete="new-password" help=${m.setup.rule} />
  <//>`}function _o({user:t}){let e=I(()=>D(O`/users/${t}/tokens`),[t]);return i`<${me} wide title=${v.tokensOf(t)}>
    <${F} of=${e}>${s=>i`<${qt} items=${s.items} revoke=${n=>Be(()=>q("DELETE",O`/users/${t}/tokens/${n}`),v.revoked,v.notChanged,e.reload)} />`}<//>
  <//>`}function qt({items:t,revoke:e}){return t.length===0?i`<p class="muted">${v.noTokens}</p>`:i`<${fe}
    label=${v.tokens}
    items=${t}
    keyOf=${s=>s.id}
    columns=${[{key:"name",label:v.columns.name,bare:!0,cell:s=>i`<b>${s.name}</b>`},{key:"role",label:v.columns.role,cell:s=>s.role},{key:"expires",label:v.columns.expires,cell:s=>ve(s.expires)},{key:"used",label:v.columns.used,cell:s=>i`<span class="muted">${s.last_used?_e(s.last_used):m.common.never}</span>`},{key:"more",label:"",number:!0,bare:!0,cell:s=>i`<button class="button button--small button--danger" type="button" aria-label=${v.revokeOne(s.name)} onClick=${()=>e(s.id)}>${v.revoke}</button>`}]}
  />`}var ee=m.account,ys=["viewer","operator","admin"];function ws(){let t=I(()=>D("/me/tokens"),[]),e=I(()=>D("/me/login-sessions"),[]),s=He.value;return s?i`<main id="main" class="page page--narrow">
    <div class="page-head"><h1>${s.name}</h1><span class="tag">${s.role}</span><span class="tag mono">${s.scope||"*"}</span><span class="spacer"></span>
      <button class="button" type="button" onClick=${()=>V(()=>i`<${Ao} />`)}><${y} name="edit" />${ee.password}</button></div>
    <section class="panel">
      <header class="panel-head"><h2>${ee.tokens}</h2><span class="spacer"></span><button class="button button--small" type="button" onClick=${()=>V(()=>i`<${Eo} done=${t.reload} />`)}><${y} name="add" small />${ee.newToken}</button></header>
      <div class="panel-body"><${F} of=${t}>${n=>i`<${qt} items=${n.items} revoke=${o=>Be(()=>q("DELETE",O`/me/tokens/${o}`),m.users.revoked,m.users.notChanged,t.reload)} />`}<//></div>
    </section>
    <section class="panel">
      <header class="panel-head"><h2>${ee.logins}</h2></header>
      <div class="panel-body"><${F} of=${e}>
        ${n=>i`<${fe}
          label=${ee.logins}
          items=${n.items}
          keyOf=${o=>o.id}
          columns=${[{key:"address",label:ee.address,bare:!0,cell:o=>i`<b>${o.address}</b>${o.is_current?i` <span class="tag">${ee.here}</span>`:""}`},{key:"since",label:ee.since,cell:o=>ve(o.created)},{key:"used",label:ee.used,cell:o=>i`<span class="muted">${_e(o.last_used)}</span>`},{key:"more",label:"",number:!0,bare:!0,cell:o=>!o.is_current&&i`<button class="button button--small" type="button" onClick=${()=>Be(()=>q("DELETE",O`/me/login-sessions/${o.id}`),ee.ended,m.users.notChanged,e.reload)}>${ee.end}</button>`}]}
        />`}
      <//></div>
    </section>
  </main>`:null}function Ao(){let[t,e]=b(""),[s,n]=b("");return i`<${Ve} title=${ee.password} action=${m.common.save} send=${()=>cs(t,s)} good=${ee.changed}>
    <${Ue} label=${ee.oldPassword} value=${t} onInput=${e} autocomplete="current-password" />
    <${Ue} label=${m.users.newPassword} value=${s} onInput=${n} autocomplete="new-password" help=${m.setup.rule} />
  <//>`}function Eo({done:t}){let e=ys.indexOf(He.value?.role??"viewer"),[s,n]=b({name:"",role:"viewer",days:"90"});return i`<${Ve}
    title=${ee.newToken}
    action=${ee.create}
    good=${ee.created}
    done=${t}
    send=${async()=>{let o=await de("/me/tokens",{name:s.name,role:s.role,days:Number(s.days)});setTimeout(()=>V(()=>i`<${To} secret=${o.secret} />`),0)}}
  >
    <${$e} label=${m.users.columns.name} value=${s.name} onInput=${o=>n({...s,name:o})} help=${ee.tokenName} />
    <${ke} label=${m.users.columns.role} value=${s.role} onInput=${o=>n({...s,role:o})} options=${ys.slice(0,e+1).map(o=>({value:o,label:o}))} />
    <${ke} label=${ee.days} value=${s.days} onInput=${o=>n({...s,days:o})} options=${["7","30","90","365"].map(o=>({value:o,label:ee.daysOf(o)}))} />
  <//>`}function To({secret:t}){let e=async()=>{await navigator.clipboard.writeText(t),H(m.common.copied)};return i`<${me} title=${ee.secretTitle} foot=${i`<span class="spacer"></span><button class="button button--primary" type="button" onClick=${ce}>${m.common.close}</button>`}>
    <p>${ee.secretNote}</p>
    <div class="row"><code class="code-well mono secret">${t}</code><button class="button" type="button" onClick=${e}><${y} name="copy" />${m.common.copy}</button></div>
  <//>`}var we=m.audit,vs=50,Mo=["who","action","object","result","from","to"],ks=t=>t.result==="denied"||t.result==="failed";function xs(){let t=ne.value.query,e=Object.fromEntries(Mo.map(c=>[c,t.get(c)??""])),[s,n]=b([null]),o=s.length-1,r=I(()=>D("/audit"+le({...e,limit:vs,cursor:s[o]})),[JSON.stringify(e),s[o]]),a=c=>{n([null]),re(c)},l=c=>i`<${Te} label=${we[c]} value=${e[c]} onInput=${u=>a({[c]:u})} />`;return i`<main id="main" class="page">
    <div class="page-head"><h1>${we.title}</h1><span class="spacer"></span><a class="button" href=${`/api/v1/audit/export${le(e)}`} download="audit.jsonl"><${y} name="download" />${we.export}</a></div>
    <div class="filters">${l("who")}${l("action")}${l("object")}
      <${Ke} auto label=${we.result} value=${e.result} onInput=${c=>a({result:c})} options=${[{value:"",label:we.anyResult},...["ok","denied","failed"].map(c=>({value:c,label:c}))]} /></div>
    <section class="panel table-wrap">
      <${F} of=${r} lines=${10}>
        ${c=>c.items.length===0?i`<${pe} title=${we.none} drawing=${i`<${y} name="history" />`} />`:i`<${fe}
                  label=${we.title}
                  items=${c.items}
                  keyOf=${u=>String(u.number)}
                  columns=${[{key:"time",label:we.columns.time,cell:u=>i`<span class="muted">${ve(u.time)}</span>`},{key:"who",label:we.columns.who,bare:!0,cell:u=>i`<b>${u.actor}</b>`},{key:"action",label:we.columns.action,cell:u=>u.action},{key:"object",label:we.columns.object,cell:u=>i`<span class="truncate" title=${u.object}>${u.object}</span>`},{key:"result",label:we.columns.result,cell:u=>i`<span class="row">${ks(u)&&i`<${Z} name="failed" tone="failed" />`}<span class=${ks(u)?"text-failed":"muted"}>${u.result}</span></span>`},{key:"detail",label:we.columns.detail,cell:u=>i`<span class="truncate muted detail-text" title=${u.detail}>${u.revision_before||u.revision_after?`r${u.revision_before||0} → r${u.revision_after||0} `:""}${u.detail??""}</span>`},{key:"address",label:we.columns.address,cell:u=>i`<span class="muted">${u.address??""}</span>`}]}
                />
                <footer class="panel-foot"><${yt} total=${c.total} limit=${vs} page=${o} count=${c.items.length} hasNext=${!!c.next_cursor} onPage=${u=>n(u>o?[...s,c.next_cursor]:s.slice(0,u+1))} /></footer>`}
      <//>
    </section>
  </main>`}var No=[[/metronome|timer|clock/i,"timer"],[/filter/i,"filter"],[/sum|addition|arith|multipl|calcul/i,"sigma"],[/merge|combine|join/i,"merge"],[/sql|postgres|mysql|sqlite|aerospike|redis/i,"database"],[/file/i,"file"],[/kafka|activemq|mem|queue|topic|channel|http/i,"queue"]];function Fe(t){return No.find(([e])=>e.test(t))?.[1]??"calculator"}function Lo(t){let e=/^([a-z0-9+.-]+):\/\/(.*)$/i.exec(t??"");if(!e)return t??"";let s=e[2].split("/").filter(Boolean).pop()??"";return s?`${e[1]} · ${s}`:e[1]}function Ss(t,e,s){let n=t.publishers??[],o=/metronome/i.test(t.type),r=t.subscriber||o?"source":n.length>0&&!e?"sink":"calculator",a=t.subscriber?s("subscriber",t.subscriber):n.length?s("publisher",n[0]):"",l=t.calculator?s("calculator",t.calculator):"",c=r==="calculator"?l||t.type:a?Lo(a):t.type;return{name:t.name,type:t.type,kind:r,note:c,icon:o?"timer":Fe(r==="calculator"?`${l} ${t.type}`:a),subscriber:t.subscriber??void 0,publishers:n,mark:""}}function Os(t){let e=t.edges.map(r=>({name:r.name,from:r.from_node,to:r.to_node})),s=new Set(e.map(r=>r.from)),n=(r,a)=>r==="subscriber"?t.subscribers[a]?.source:r==="publisher"?t.publishers[a]?.destination:t.calculators[a]?.type;return{nodes:Object.values(t.nodes).map(r=>Ss(r,s.has(r.name),(a,l)=>n(a,l)??"")),edges:e}}function Cs(t){let e=u=>Array.isArray(u)?u.filter(d=>d&&typeof d=="object"):[],s=new Set(e(t?.nodes).map(u=>u.name)),n=e(t?.edges).filter(u=>s.has(u.from_node)&&s.has(u.to_node)).map(u=>({name:`${u.from_node}_to_${u.to_node}`,from:u.from_node,to:u.to_node})),o=new Set(n.map(u=>u.from)),r=(u,d)=>e(t?.[u]).find(p=>p.name===d),a=(u,d)=>{let p=r(`${u}s`,d);return String((u==="subscriber"?p?.config?.source??p?.source:u==="publisher"?p?.config?.destination??p?.destination:p?.type)??"")},l=new Set,c=[];for(let u of e(t?.nodes))typeof u.name!="string"||!u.name||l.has(u.name)||(l.add(u.name),c.push(Ss({name:u.name,type:String(u.type??u.config?.type??"CalculationNode"),subscriber:u.subscriber??u.config?.subscriber,calculator:u.calculator??u.config?.calculator,publishers:Do(u.publishers??u.config?.publishers)},o.has(u.name),a)));return{nodes:c,edges:n}}function Do(t){return Array.isArray(t)?t.filter(e=>typeof e=="string"):typeof t=="string"?[t]:[]}var Io=/("(?:[^"\\]|\\.)*")(\s*:)?|(-?\d[\d.eE+-]*|true|false|null)|([{}[\],])/g;function Rt(t,e=2e4){if(t.length>e)return t;let s=[],n=0;for(let o of t.matchAll(Io))o.index>n&&s.push(t.slice(n,o.index)),o[1]!==void 0?(s.push(i`<span class=${o[2]?"j-key":"j-str"}>${o[1]}</span>`),o[2]&&s.push(o[2])):o[3]!==void 0?s.push(i`<span class="j-num">${o[3]}</span>`):s.push(i`<span class="j-pun">${o[4]}</span>`),n=o.index+o[0].length;return s.push(t.slice(n)),s}function ue({value:t,source:e,label:s}){let n=e??JSON.stringify(t,null,2)??"";return i`<pre class="code-well" tabindex="0" role="region" aria-label=${s}><code>${Rt(n)}</code></pre>`}var Me=m.components,zo=["subscriber","publisher","calculator","transformer","node"];function jo(t,e){let s=t.properties[e],n=s.enum?s.enum.map(o=>JSON.stringify(o)).join(" | "):[s.type].flat().join(" or ")||"any";return s.type==="array"&&s.items?.type?`list of ${s.items.type}`:n}function Po({component:t}){let e=Object.keys(t.schema?.properties??{}),s=new Set(t.schema?.required??[]),n=JSON.stringify(t.example,null,2),o=async()=>{await navigator.clipboard.writeText(n),H(m.common.copied)};return i`<article class="panel component" id=${`${t.kind}-${t.type}`}>
    <header class="panel-head">
      <${y} name=${Fe(`${t.type} ${t.address??""}`)} /><h2 class="mono">${t.type}</h2><span class="tag">${Me.kinds[t.kind]}</span>
      ${!t.is_available&&i`<${Ae} tone="warning">${Me.missing}<//>`}
    </header>
    <div class="panel-body stack">
      <p>${t.summary}${t.address&&i` <code>${t.address}</code>`}</p>
      ${e.length>0&&i`<dl class="option-table">
        ${e.map(r=>i`<div><dt><code>${r}</code>${s.has(r)&&i` <span class="tag">${Me.required}</span>`}</dt><dd><span class="muted">${jo(t.schema,r)}${t.schema.properties[r].default!==void 0?`, ${JSON.stringify(t.schema.properties[r].default)}`:""}</span> ${t.schema.properties[r].description??""}</dd></div>`)}
      </dl>`}
      ${t.example&&i`<details><summary>${Me.example}</summary><${ue} source=${n} label=${Me.example} /><div class="button-row"><button class="button button--small" type="button" onClick=${o}><${y} name="copy" small />${m.common.copy}</button></div></details>`}
    </div>
  </article>`}function _s(){let t=I(()=>D("/components"),[]),e=ne.value.query.get("kind")??"",s=ne.value.query.get("q")??"";return i`<main id="main" class="page">
    <div class="page-head"><h1>${Me.title}</h1></div>
    <div class="filters">
      <${Pe} label=${Me.kind} value=${e} onInput=${n=>re({kind:n})} options=${[{value:"",label:m.dashboard.all},...zo.map(n=>({value:n,label:Me.plurals[n]}))]} />
      <${Te} label=${Me.filter} value=${s} onInput=${n=>re({q:n})} />
    </div>
    <${F} of=${t} lines=${8}>
      ${n=>{let o=n.items.filter(r=>(!e||r.kind===e)&&`${r.type} ${r.name} ${r.summary}`.toLowerCase().includes(s.toLowerCase()));return o.length?i`<div class="component-grid">${o.map(r=>i`<${Po} key=${`${r.kind} ${r.type}`} component=${r} />`)}</div>`:i`<section class="panel"><${pe} title=${Me.none} /></section>`}}
    <//>
  </main>`}var qo=200,Ro=2e3,Bo=800;function We(t){return`${JSON.stringify(t,null,2)}
`}function Bt(t){try{let e=JSON.parse(t);return e&&typeof e=="object"&&!Array.isArray(e)?{doc:e,problem:""}:{doc:null,problem:"not an object"}}catch(e){return{doc:null,problem:String(e.message)}}}var wt=class t{constructor(e,s,n){let o=t.kept(e);this.key=`dagd.draft.${e}`,this.base=dt(s),this.revision=n.revision,this.source=dt(o?.source??s),this.isRestored=o!==null&&o.source!==s,this.isBehind=this.isRestored&&o.revision!==n.revision,this.past=[],this.future=[],this.steps=dt(0),this.lastStep=0,this.good=Bt(this.source.value).doc??Bt(s).doc??{},this.parsed=It(()=>{let r=Bt(this.source.value);return r.doc&&(this.good=r.doc),r}),this.isDirty=It(()=>this.source.value!==this.base.value),this.timer=setInterval(()=>this.keep(),Ro)}static kept(e){try{return JSON.parse(localStorage.getItem(`dagd.draft.${e}`)??"null")}catch{return null}}close(){clearInterval(this.timer),this.keep()}keep(){try{this.isDirty.peek()?localStorage.setItem(this.key,JSON.stringify({source:this.source.peek(),revision:this.revision})):localStorage.removeItem(this.key)}catch{}}set(e,s=!1){if(e===this.source.peek())return;let n=Date.now();(!s||n-this.lastStep>Bo||this.past.length===0)&&(this.past=[...this.past,this.source.peek()].slice(-qo)),this.lastStep=n,this.future=[],this.source.value=e,this.steps.value++}change(e){let s=structuredClone(this.good);e(s),this.set(We(s))}undo(){let e=this.past.pop();e!==void 0&&(this.future.push(this.source.peek()),this.source.value=e,this.steps.value++)}redo(){let e=this.future.pop();e!==void 0&&(this.past.push(this.source.peek()),this.source.value=e,this.steps.value++)}settle(e,s){this.base.value=e,this.source.value=e,this.revision=s,this.isRestored=this.isBehind=!1,this.keep()}};function Fo(t,e){let s=e.length+1,n=new Uint32Array((t.length+1)*s),o=[];for(let r=t.length-1;r>=0;r--)for(let a=e.length-1;a>=0;a--)n[r*s+a]=t[r]===e[a]?n[(r+1)*s+a+1]+1:Math.max(n[(r+1)*s+a],n[r*s+a+1]);for(let r=0,a=0;r<t.length&&a<e.length;)t[r]===e[a]?o.push([r++,a++]):n[(r+1)*s+a]>=n[r*s+a+1]?r++:a++;return o}function nt(t,e){let s=t.replace(/\n$/,"").split(`
`),n=e.replace(/\n$/,"").split(`
`),o=0,r=0;for(;o<s.length&&o<n.length&&s[o]===n[o];)o++;for(;r<s.length-o&&r<n.length-o&&s[s.length-1-r]===n[n.length-1-r];)r++;let[a,l]=[s.slice(o,s.length-r),n.slice(o,n.length-r)];if(a.length===0&&l.length===0)return"";let c=a.length+l.length>3e3?[]:Fo(a,l),u=s.slice(Math.max(0,o-3),o).map($=>` ${$}`),[d,p]=[0,0];for(let[$,f]of[...c,[a.length,l.length]]){for(;d<$;)u.push(`-${a[d++]}`);for(;p<f;)u.push(`+${l[p++]}`);$<a.length&&u.push(` ${a[$]}`),d=$+1,p=f+1}return u.push(...s.slice(s.length-r,s.length-r+3).map($=>` ${$}`)),`@@ -${Math.max(1,o-3+1)} +${Math.max(1,o-3+1)} @@
${u.join(`
`)}
`}function qe({source:t,label:e}){let s=t.replace(/\n$/,"").split(`
`);return i`<pre class="code-well code-well--plain diff" tabindex="0" role="region" aria-label=${e}>${s.map(n=>{let o=n.startsWith("@@")?"place":n.startsWith("+")?"add":n.startsWith("-")?"cut":"";return i`<span class="diff-line ${o?`diff-line--${o}`:""}">${n||" "}</span>`})}</pre>`}var te=m.clone;function Ft(t){V(()=>i`<${Jo} dag=${t} />`)}function Wo(t){try{return JSON.parse(t)}catch{return t}}async function Ho(t,e){let[s,n]=await Promise.all([q("GET",O`/dags/${t}`),de(O`/dags/${t}/clone`+"?dry_run=1",e)]),{runs:o}=await de("/validate",n.definition);return{name:n.name,runs:o,diff:nt(We(vt(JSON.parse(s.text))),We(vt(n.definition)))}}var As=t=>/^\d\d:?\d\d$/.test(t);function vt(t){return Array.isArray(t)?t.map(vt):!t||typeof t!="object"?t:Object.fromEntries(Object.keys(t).sort().map(e=>[e,vt(t[e])]))}function Jo({dag:t}){let[e,s]=b(""),[n,o]=b(t.start_time?"same":"always"),[r,a]=b(t.start_time??""),[l,c]=b(t.end_time??""),[u,d]=b(t.duration??""),[p,$]=b([{key:"",value:""}]),[f,g]=b(!1),[k,w]=b(null),[M,E]=b(null),S=()=>({...e?{name:e}:{},...n==="window"?{start_time:r,...u?{duration:u}:{end_time:l}}:{},overrides:Object.fromEntries(p.filter(L=>L.key&&L.value).map(L=>[L.key,Wo(L.value)])),start:f}),h=JSON.stringify(S());P(()=>{let L=setTimeout(()=>{n==="window"&&(!As(r)||!u&&!As(l))||Ho(t.name,JSON.parse(h)).then(x=>{w(x),E(null)},E)},400);return()=>clearTimeout(L)},[h]);let B=async()=>{try{let L=await de(O`/dags/${t.name}/clone`,S());ce(),H(te.done(L.name),"",{label:m.common.open,run:()=>pt(`/dags/${L.name}`)})}catch(L){E(L)}},R=(L,x)=>{let A=p.map((N,be)=>be===L?{...N,...x}:N);A[A.length-1].key&&A.push({key:"",value:""}),$(A)};return i`<${me}
    wide
    title=${te.title(t.name)}
    note=${te.note}
    onSubmit=${B}
    side=${i`<h3>${te.name}</h3><p class="strong mono">${k?.name??""}</p>
      <h3>${te.runs}</h3>
      ${k?.runs&&!k.runs.is_always?i`<ul class="stack stack--tight">${k.runs.items.map(L=>i`<li>${zt(L.start)}${L.end?` – ${zt(L.end)}`:""}</li>`)}</ul>`:i`<p class="muted">${k?.runs?m.common.always:te.noRuns}</p>`}
      ${k?.diff&&i`<h3>${te.changes}</h3><${qe} source=${k.diff} label=${te.changes} />`}`}
    foot=${i`<${De} label=${te.start} checked=${f} onInput=${g} /><span class="spacer"></span>
      <button class="button" type="button" onClick=${ce}>${m.common.cancel}</button>
      <button class="button button--primary" type="submit" disabled=${!!M}><${y} name="clone" />${m.actions.clone}</button>`}
  >
    <${$e} label=${te.name} value=${e} onInput=${s} mono placeholder=${k?.name??""} help=${te.nameHelp} optional=${m.common.optional} />
    <div class="field">
      <span class="field-label">${te.window}</span>
      <${Pe} label=${te.window} value=${n} onInput=${o} options=${[t.start_time?{value:"same",label:te.same}:{value:"always",label:m.common.always},{value:"window",label:te.daily}]} />
    </div>
    ${n==="window"&&i`<div class="field-row">
      <${$e} label=${te.from} value=${r} onInput=${a} placeholder="17:00" inputMode="numeric" />
      <${$e} label=${te.to} value=${l} onInput=${c} placeholder="19:30" inputMode="numeric" disabled=${!!u} />
      <${$e} label=${te.duration} value=${u} onInput=${d} placeholder="2h30m" />
    </div>`}
    <fieldset class="field">
      <legend>${te.overrides}</legend>
      ${p.map((L,x)=>i`<div class="override" key=${x}>
          <input class="input mono" aria-label=${te.key} placeholder="orders.source" value=${L.key} spellcheck=${!1} onInput=${A=>R(x,{key:A.target.value})} />
          <input class="input mono" aria-label=${te.value} placeholder="mem://queue/other" value=${L.value} spellcheck=${!1} onInput=${A=>R(x,{value:A.target.value})} />
          <button class="button button--quiet button--icon" type="button" aria-label=${te.removeOverride} disabled=${p.length===1} onClick=${()=>$(p.filter((A,N)=>N!==x))}><${y} name="close" small /></button>
        </div>`)}
    </fieldset>
    ${M&&i`<div class="note note--failed" role="alert"><${Z} name="failed" tone="failed" /><div>${M.message}${(M.errors??[]).map(L=>i`<br /><span class="mono">${L.pointer}</span> ${L.message}`)}</div></div>`}
  <//>`}var Go={in:"--series-rate",out:"--series-latency",errors:"--series-error",queue:"--series-queue"},Ko={queue:[5,3]};function kt(t){return getComputedStyle(document.documentElement).getPropertyValue(t).trim()}function Uo(t,e){let s=Date.parse(t.from)/1e3,n=t.step_ms/1e3;return[t[e[0]].map((o,r)=>s+r*n),...e.map(o=>t[o])]}function Vo(t,e,s){let n={stroke:kt("--chart-axis"),font:`11px ${kt("--font-ui")}`,grid:{stroke:kt("--chart-grid"),width:1},ticks:{show:!1}};return{width:e,height:s,cursor:{drag:{x:!1,y:!1},points:{size:6}},legend:{show:!1},padding:[8,4,0,0],axes:[{...n,size:24,grid:{show:!1},values:(o,r)=>r.map(a=>ze(a*1e3).slice(0,5))},{...n,size:42,values:(o,r)=>r.map(a=>z(a))}],scales:{y:{range:(o,r,a)=>[0,Math.max(1,a*1.1)]}},series:[{},...t.map((o,r)=>{let a=kt(Go[o]);return{label:o,stroke:a,width:1.75,dash:Ko[o],fill:r===0&&t.length===1?`${a}1a`:void 0,points:{show:!1},spanGaps:!1}})]}}function xt({url:t,lines:e,every:s,height:n,label:o}){let r=Y(null),a=Y(null),[l,c]=b(""),[u,d]=b(null),p=t(0);P(()=>{let f=!0,g=null,k=async()=>{try{let[{default:M},E]=await Promise.all([import("./part-IALFXYPO.js"),D(t(Date.now()))]),S=r.current;if(!f||!S)return;let h=Uo(E,e);a.current?a.current.setData(h):a.current=new M(Vo(e,S.clientWidth,n),h,S),c(""),d(E)}catch(M){f&&c(String(M?.message??M))}f&&(g=setTimeout(k,s))},w=new ResizeObserver(()=>r.current&&a.current?.setSize({width:r.current.clientWidth,height:n}));return k(),r.current&&w.observe(r.current),()=>{f=!1,clearTimeout(g),w.disconnect(),a.current?.destroy(),a.current=null}},[p,us.value]);let $=u?.[e[0]]?.filter(f=>f!==null).at(-1);return i`<div class="chart" role="img" aria-label=${m.chart.label(o,z($))} ref=${r}></div>${l&&i`<p class="muted">${l}</p>`}`}var se=m.publish;function St(t,e){V(()=>i`<${Ts} name=${t} first=${e??""} isStep=${!1} />`)}function Es(t){V(()=>i`<${Ts} name=${t} first="" isStep=${!0} />`)}function Wt(t){try{return JSON.parse(t),""}catch(e){return String(e.message)}}function Ts({name:t,first:e,isStep:s}){let n=I(()=>D(O`/dags/${t}/details`),[t]),o=Object.values(n.data?.subscribers??{}),[r,a]=b(e),[l,c]=b("{}"),[u,d]=b(!1),[p,$]=b(!1),[f,g]=b(null),[k,w]=b(null),[M,E]=b(!1),S=o.find(R=>R.name===r)??o[0],h=u?l.split(`
`).map((R,L)=>R.trim()&&Wt(R)?se.line(L+1,Wt(R)):"").find(Boolean):Wt(l);P(()=>w(null),[l,r,u]);let B=async()=>{if(!(!S||h)){E(!0),w(null);try{g(s?await de(O`/dags/${t}/step`+le({subscriber:S.name}),l):(await q("POST",O`/dags/${t}/subscribers/${S.name}/messages`+le({inject:p||!S.is_publishable}),{body:u?`${l.trim()}
`:l,type:u?"application/x-ndjson":"application/json"})).body)}catch(R){w(R)}E(!1)}};return i`<${me}
    wide
    title=${s?se.stepTitle:se.title}
    note=${s?se.stepNote:t}
    onSubmit=${B}
    side=${i`<h3>${se.result}</h3>${k?i`<p class="note note--failed"><${Z} name="failed" tone="failed" />${k.message}</p>`:f?s?i`<${Xo} result=${f} />`:i`<p class="note"><${Z} name="done" tone="done" />${se.accepted(f.accepted,f.is_safe)}${f.sequence?` · ${se.sequence(Ne(f.sequence))}`:""}</p>`:i`<p class="muted">${s?se.stepHelp:se.help}</p>`}`}
    foot=${i`<span class="spacer"></span><button class="button" type="button" onClick=${ce}>${m.common.close}</button>
      <button class="button button--primary" type="submit" disabled=${M||!S||!!h}><${y} name=${s?"step":"publish"} />${s?se.step:se.submit}</button>`}
  >
    <${ke} label=${se.to} value=${S?.name??""} onInput=${a} options=${o.map(R=>({value:R.name,label:R.source?`${R.name} · ${R.source}`:R.name}))} />
    <${bt} label=${se.message} for="message" problem=${h} help=${u?se.linesHelp:""}>
      <textarea id="message" class="input mono" rows="10" spellcheck=${!1} value=${l} aria-invalid=${h?"true":void 0} aria-describedby="message-help" onInput=${R=>c(R.target.value)}></textarea>
    <//>
    ${!s&&i`<${De} label=${se.lines} checked=${u} onInput=${d} />
      <${De} label=${se.inject} help=${S&&!S.is_publishable?se.injectOnly:se.injectHelp} checked=${p||S&&!S.is_publishable} disabled=${S&&!S.is_publishable} onInput=${$} />`}
  <//>`}function Xo({result:t}){return i`<ol class="steps">
    ${t.nodes.filter(e=>e.woken).map(e=>i`<li><h3>${e.name} <span class="muted">${e.type}</span></h3>${e.error?i`<p class="note note--failed">${e.error}</p>`:i`<${ue} value=${e.output} label=${e.name} />`}</li>`)}
    ${t.publishers.map(e=>i`<li><h3>${se.wouldGet(e.name)}</h3>${e.messages.length?e.messages.map(s=>i`<${ue} value=${s} label=${e.name} />`):i`<p class="muted">${se.nothing}</p>`}</li>`)}
    ${t.dead_letters.map(e=>i`<li><h3 class="text-failed">${se.letter}</h3><${ue} value=${e} label=${se.letter} /></li>`)}
  </ol>`}var T=m.drawer,Ms={"5m":300,"1h":3600,"24h":86400},Zo=200;function Qo(t){let e=new Map;for(let s of t){let n=s.error.replace(/\d+/g,"#"),o=e.get(n);o?(o.count++,o.last=s):e.set(n,{error:s.error,code:s.code,count:1,first:s,last:s})}return[...e.values()].reverse()}function Yo(t,e){let[s,n]=[Le(t),Le(e)];return s===n?n:`${s} / ${n}`}function Ht({items:t}){let e=Qo(t);return e.length===0?i`<${pe} title=${T.noErrors} />`:e.map(s=>i`<details class="error-group" key=${s.error}>
      <summary><span class="count-pill count-pill--failed">${s.count}</span><code>${s.last.error}</code><${y} name="down" small /></summary>
      <p class="error-times">${T.times(ze(s.first.time),ze(s.last.time),Ne(s.first.cycle),Ne(s.last.cycle))}</p>
      ${s.last.input&&i`<h4 class="muted">${T.inputOfLast}</h4><${ue} source=${Ns(s.last.input)} label=${T.inputOfLast} />`}
    </details>`)}function Ns(t){try{return JSON.stringify(JSON.parse(t),null,2)}catch{return t}}function Ls({dag:t,node:e,onClose:s,reload:n}){let r=Oe(t.name).value?.nodes.get(e.name),[a,l]=b("errors"),[c,u]=b("5m"),[d,p]=b(""),$=I(()=>D(O`/dags/${t.name}/nodes/${e.name}`),[t.name,e.name,Math.floor(rs.value/5e3)]),f=r?.[2]??Number(e.error_count),g=$.data??e;P(()=>{let E=S=>S.key==="Escape"&&!document.querySelector('dialog[open], [role="menu"]')&&s();return document.addEventListener("keydown",E),()=>document.removeEventListener("keydown",E)},[]);let k=async()=>{try{await q("DELETE",O`/dags/${t.name}/nodes/${e.name}/errors`),H(T.cleared(e.name)),$.reload(),n()}catch(E){ye(T.notCleared,E)}},w=(E,S,h="")=>i`<div><dt>${E}</dt><dd class="value">${S}${h&&i` <small>${h}</small>`}</dd></div>`,M=e.subscriber?t.subscribers[e.subscriber]?.source:e.publishers[0]?t.publishers[e.publishers[0]]?.destination:e.calculator?t.calculators[e.calculator]?.type:"";return i`<aside class="drawer" aria-label=${T.of(e.name)}>
    <header class="drawer-head">
      <span class="kind-tile ${f>0?"kind-tile--failed":""}"><${y} name=${Fe(`${M??""} ${e.type}`)} /></span>
      <div><h2 class="truncate" title=${e.name}>${e.name}</h2><p class="truncate" title=${M??""}>${e.type}${M?` · ${M}`:""}</p></div>
      ${f>0&&i`<${Ae} tone="failed">${T.failing}<//>`}
      <button class="button button--quiet button--icon" type="button" aria-label=${m.common.close} onClick=${s}><${y} name="close" /></button>
    </header>
    <div class="drawer-actions">
      ${Ie.value&&i`<button class="button button--small" type="button" aria-pressed=${d==="in"} onClick=${()=>p(d==="in"?"":"in")}><${y} name="tap" small />${T.tapIn}</button>
        <button class="button button--small" type="button" aria-pressed=${d==="out"} onClick=${()=>p(d==="out"?"":"out")}><${y} name="tap" small />${T.tapOut}</button>
        ${e.subscriber&&i`<button class="button button--small" type="button" onClick=${()=>St(t.name,e.subscriber)}><${y} name="publish" small />${T.publish}</button>`}
        ${f>0&&i`<button class="button button--small" type="button" onClick=${k}><${y} name="check" small />${T.clear}</button>`}`}
    </div>
    <dl class="facts-grid">
      ${w(T.rate,z(r?.[3]),"/s")}
      ${w(T.queue,z(r?.[4]??e.queue_depth),r?.[5]?T.ofMax(z(r[5])):"")}
      ${w(T.errors,i`<span class=${f>0?"text-failed":""}>${z(f)}</span>`)}
      ${w("p50 / p99",r&&r[7]!==null?Yo(r[6],r[7]):xe,"ms")}
      ${w(T.calls,z(r?.[1]??e.compute_count))}
      ${w(T.lastMessage,_e(g.last_compute))}
    </dl>
    <section class="chart-block">
      <div class="chart-head">
        <span class="key"><svg class="key-line" aria-hidden="true"><path d="M0 4H16" stroke="var(--series-rate)" stroke-width="2" /></svg>${T.rate} /s</span>
        <span class="spacer"></span>
        <div class="segmented segmented--small" role="group" aria-label=${T.span}>
          ${Object.keys(Ms).map(E=>i`<button type="button" aria-pressed=${E===c} onClick=${()=>u(E)}>${E}</button>`)}
        </div>
      </div>
      <${xt} url=${E=>O`/dags/${t.name}/metrics`+le({from:new Date(E-Ms[c]*1e3).toISOString(),to:new Date(E).toISOString(),node:e.name})} lines=${["in"]} every=${c==="5m"?2e3:15e3} height=${120} label=${T.chart(e.name)} />
    </section>
    <div class="tabs" role="tablist" aria-label=${T.views}>
      ${["errors","messages","settings"].map(E=>i`<button type="button" role="tab" aria-selected=${E===a} onClick=${()=>l(E)}>${T.tabs[E]}${E==="errors"&&f>0&&i`<span class="count-pill count-pill--failed">${z(f)}</span>`}</button>`)}
    </div>
    <div class="drawer-body" role="tabpanel" tabindex="0" aria-label=${T.tabs[a]}>
      <${F} of=${$}>
        ${E=>a==="errors"?i`<${Ht} items=${E.errors} />`:a==="settings"?i`<div class="pad stack"><${tn} dag=${t} node=${E} /></div>`:i`<div class="pad stack"><${en} node=${E} /></div>`}
      <//>
    </div>
    ${d?i`<${sn} key=${d} dag=${t.name} node=${e.name} side=${d} onEnd=${()=>p("")} />`:i`<div></div>`}
  </aside>`}function en({node:t}){return i`<div><h3>${T.input}</h3><${ue} value=${t.input} label=${T.input} />${t.input_truncated&&i`<p class="muted">${T.truncated}</p>`}</div>
    <div><h3>${T.output}</h3><${ue} value=${t.output} label=${T.output} />${t.output_truncated&&i`<p class="muted">${T.truncated}</p>`}</div>`}function tn({dag:t,node:e}){let s=[e.subscriber&&[T.subscriber(e.subscriber),t.subscribers[e.subscriber]?.config],e.calculator&&[T.calculator(e.calculator),t.calculators[e.calculator]?.config],...e.publishers.map(n=>[T.publisher(n),t.publishers[n]?.config]),[T.node,e.config]].filter(n=>n&&n[1]&&Object.keys(n[1]).length>0);return i`<dl class="facts-list">
      <dt>${T.before}</dt><dd>${e.dependencies.join(", ")||xe}</dd>
      <dt>${T.transformers}</dt><dd>${[...e.input_transformers,...e.output_transformers].join(", ")||xe}</dd>
    </dl>
    ${s.map(n=>i`<div><h3>${n[0]}</h3><${ue} value=${n[1]} label=${n[0]} /></div>`)}`}function sn({dag:t,node:e,side:s,onEnd:n}){let[o,r]=b([]),[a,l]=b(""),[c,u]=b(!1),[d,p]=b("");return P(()=>{if(c)return;let $=new EventSource(`/api/v1${O`/dags/${t}/nodes/${e}/tap`}${le({side:s,rate:10,max:500})}`),f=0;return $.onmessage=g=>r(k=>[{...JSON.parse(g.data),id:`tap-${f++}`},...k].slice(0,Zo)),$.addEventListener("bye",()=>{$.close(),l(T.tapEnded)}),$.onerror=()=>{$.readyState===EventSource.CLOSED&&l(T.tapRefused)},()=>$.close()},[c]),i`<section class="tap" aria-label=${T.tap(s)}>
    <header class="tap-head">
      <${y} name="tap" small /><h3>${T.tap(s)}</h3><span class="muted truncate">${a||T.sampled}</span><span class="spacer"></span>
      <button class="button button--quiet button--icon button--small" type="button" aria-label=${c?m.live.resume:m.live.pause} onClick=${()=>u(!c)}><${y} name=${c?"start":"pause"} small /></button>
      <button class="button button--quiet button--icon button--small" type="button" aria-label=${T.tapClose} onClick=${n}><${y} name="close" small /></button>
    </header>
    <div class="tap-list" role="log" aria-label=${T.tap(s)} tabindex="0">
      ${o.length===0&&i`<p class="tap-row muted">${T.tapWaiting}</p>`}
      ${o.map($=>{let f=typeof $.message=="string"?$.message:JSON.stringify($.message);return i`<div class="tap-row" key=${$.id} data-open=${d===$.id?"":void 0}>
          <time>${ze($.time)}</time>
          <button type="button" aria-expanded=${d===$.id} onClick=${()=>p(d===$.id?"":$.id)}>${Rt(d===$.id?Ns(f):f,2e3)}${$.is_truncated?" …":""}</button>
        </div>`})}
    </div>
  </section>`}var J=m.nodes;function Ds({dag:t,onOpen:e}){let s=Oe(t.name).value,n=ne.value.query.get("q")??"",o=ne.value.query.get("sort")??"",r=Se(()=>Object.values(t.nodes).map((d,p)=>{let $=s?.nodes.get(d.name);return{node:d,order:p,name:d.name,calls:Number($?.[1]??d.compute_count),errors:$?.[2]??Number(d.error_count),rate:$?.[3]??null,queue:$?.[4]??d.queue_depth,max:$?.[5]??null,p99:$?.[7]??null}}),[t,s]),a=o.replace("-","")||"order",l=o.startsWith("-")?-1:1,c=r.filter(d=>d.name.toLowerCase().includes(n.toLowerCase())).sort((d,p)=>l*(a==="name"?d.name.localeCompare(p.name):Number(d[a]??-1)-Number(p[a]??-1))),u=[{key:"name",label:J.name,sort:"name",bare:!0,cell:d=>i`<span class="cell-name"><a class="dag-link" href=${`/dags/${t.name}?tab=nodes&node=${d.name}`} onClick=${p=>{p.preventDefault(),e(d.name)}} title=${d.name}>${d.name}</a></span>`},{key:"type",label:J.type,cell:d=>i`<span class="muted">${d.node.calculator?t.calculators[d.node.calculator]?.type:d.node.type}</span>`},{key:"after",label:J.after,cell:d=>i`<span class="truncate muted" title=${d.node.dependencies.join(", ")}>${d.node.dependencies.join(", ")||xe}</span>`},{key:"rate",label:J.rate,number:!0,sort:"rate",cell:d=>i`<span class=${d.rate?"":"zero"}>${z(d.rate)}</span>`},{key:"calls",label:J.calls,number:!0,sort:"calls",cell:d=>z(d.calls)},{key:"queue",label:J.queue,number:!0,cell:d=>d.max?i`<${st} fill=${d.queue/d.max} />`:i`<span class=${d.queue?"":"zero"}>${z(d.queue)}</span>`},{key:"p99",label:J.p99,number:!0,cell:d=>Le(d.p99)},{key:"errors",label:J.errors,number:!0,sort:"errors",cell:d=>i`<span class=${d.errors?"text-failed":"zero"}>${z(d.errors)}</span>`}];return i`<div class="tab-body tab-body--pad">
    <div class="filters"><${Te} label=${J.filter} value=${n} onInput=${d=>re({q:d})} /></div>
    <section class="panel table-wrap"><${fe} label=${J.title} columns=${u} items=${c} keyOf=${d=>d.name} sort=${o} onSort=${d=>re({sort:d})} /></section>
    <h2 class="section-title">${J.sources}</h2>
    <section class="panel table-wrap"><${fe} label=${J.sources} columns=${on(s)} items=${Object.values(t.subscribers)} keyOf=${d=>d.name} /></section>
    <h2 class="section-title">${J.sinks}</h2>
    <section class="panel table-wrap"><${fe} label=${J.sinks} columns=${nn(s)} items=${Object.values(t.publishers)} keyOf=${d=>d.name} /></section>
  </div>`}function on(t){let e=s=>t?.subscribers.get(s.name);return[{key:"name",label:J.name,bare:!0,cell:s=>i`<b>${s.name}</b>`},{key:"address",label:J.address,cell:s=>i`<span class="truncate muted" title=${s.source}>${s.source??s.type}</span>`},{key:"count",label:J.received,number:!0,cell:s=>z(e(s)?.[1]??s.receive_count)},{key:"depth",label:J.queue,number:!0,cell:s=>s.max_depth?i`<${st} fill=${(e(s)?.[2]??s.current_depth)/s.max_depth} />`:z(e(s)?.[2]??s.current_depth)},{key:"dropped",label:J.dropped,number:!0,cell:s=>i`<span class=${Number(s.dropped)?"text-warning":"zero"}>${z(s.dropped)}</span>`}]}function nn(t){let e=s=>t?.publishers.get(s.name);return[{key:"name",label:J.name,bare:!0,cell:s=>i`<b>${s.name}</b>`},{key:"address",label:J.address,cell:s=>i`<span class="truncate muted" title=${s.destination}>${s.destination??s.type}</span>`},{key:"count",label:J.published,number:!0,cell:s=>z(e(s)?.[1]??s.publish_count)},{key:"depth",label:J.queue,number:!0,cell:s=>z(e(s)?.[2]??s.queue_depth)},{key:"retries",label:J.retries,number:!0,cell:s=>i`<span class=${Number(s.retries)?"":"zero"}>${z(s.retries)}</span>`},{key:"letters",label:J.letters,number:!0,cell:s=>i`<span class=${Number(e(s)?.[3]??s.dead_letters)?"text-failed":"zero"}>${z(e(s)?.[3]??s.dead_letters)}</span>`}]}function Is({dag:t,onOpen:e}){let n=[...Oe(t.name).value?.nodes.values()??[]].reduce((r,a)=>r+(a[2]??0),0),o=I(()=>D(O`/dags/${t.name}/nodes`),[t.name,n]);return i`<div class="tab-body tab-body--pad">
    <${F} of=${o}>
      ${r=>{let a=r.items.filter(l=>Number(l.error_count)>0);return a.length===0?i`<section class="panel"><${pe} title=${J.noErrors} detail=${J.noErrorsDetail} /></section>`:a.map(l=>i`<section class="panel" key=${l.name}>
            <header class="panel-head"><h2>${l.name}</h2><span class="count-pill count-pill--failed">${z(l.error_count)}</span><span class="spacer"></span><button class="button button--small" type="button" onClick=${()=>e(l.name)}>${m.common.open}</button></header>
            <${Ht} items=${l.errors} />
          </section>`)}}
    <//>
  </div>`}var Q=m.dag,zs={"5m":300,"1h":3600,"24h":86400};function js({name:t}){let e=ne.value.query.get("span")??"1h",s=n=>O`/dags/${t}/metrics`+le({from:new Date(n-zs[e]*1e3).toISOString(),to:new Date(n).toISOString()});return i`<div class="tab-body tab-body--pad">
    <div class="filters"><${Pe} label=${Q.span} value=${e} onInput=${n=>re({span:n})} options=${Object.keys(zs).map(n=>({value:n,label:n}))} /></div>
    ${[[Q.charts.rates,["in","out"]],[Q.charts.queue,["queue"]],[Q.charts.errors,["errors"]]].map(([n,o])=>i`<section class="panel" key=${n}>
        <header class="panel-head"><h2>${n}</h2><span class="spacer"></span>${o.length>1&&o.map(r=>i`<span class="live"><span class="swatch swatch--${r}"></span>${Q.series[r]}</span>`)}</header>
        <div class="panel-body"><${xt} url=${s} lines=${o} every=${e==="5m"?2e3:15e3} height=${180} label=${n} /></div>
      </section>`)}
  </div>`}function Ps({dag:t}){let e=I(()=>q("GET",O`/dags/${t.name}`),[t.name,t.revision]),s=async n=>{await navigator.clipboard.writeText(n),H(m.common.copied)};return i`<div class="tab-body tab-body--pad">
    <${F} of=${e}>
      ${n=>i`<section class="panel">
        <header class="panel-head"><h2>${Q.definition(t.revision)}</h2><span class="spacer"></span>
          <button class="button button--small" type="button" onClick=${()=>s(n.text)}><${y} name="copy" small />${m.common.copy}</button>
          ${Ce.value&&i`<a class="button button--small" href=${`/dags/${t.name}/edit`}><${y} name="edit" small />${m.actions.edit}</a>`}
        </header>
        <div class="panel-body"><${ue} source=${n.text} label=${Q.tabs.definition} /></div>
      </section>`}
    <//>
  </div>`}function qs({dag:t,reload:e}){let s=I(()=>D(O`/dags/${t.name}/revisions`),[t.name,t.revision]),[n,o]=b(""),r=a=>V(()=>i`<${je}
        title=${Q.rollBackTitle(a)}
        detail=${Q.rollBackDetail}
        action=${Q.rollBack}
        run=${async()=>{try{let{etag:l}=await q("GET",O`/dags/${t.name}`);await q("POST",O`/dags/${t.name}/rollback`,{body:{revision:Number(a)},ifMatch:l}),H(Q.rolledBack(t.name,a)),e(),s.reload()}catch(l){ye(Q.notRolledBack,l)}}}
      />`);return i`<div class="tab-body tab-body--pad">
    <${F} of=${s}>
      ${a=>a.items.length===0?i`<section class="panel"><${pe} title=${Q.noRevisions} /></section>`:i`<section class="panel table-wrap">
              <${fe}
                label=${Q.tabs.revisions}
                items=${a.items}
                keyOf=${l=>String(l.revision)}
                columns=${[{key:"revision",label:Q.columns.revision,bare:!0,cell:l=>i`<b>${l.revision}</b>${String(l.revision)===String(t.running_revision??t.revision)&&i` <span class="tag">${Q.current}</span>`}`},{key:"when",label:Q.columns.when,cell:l=>i`<span title=${ve(l.time)}>${_e(l.time)}</span>`},{key:"who",label:Q.columns.who,cell:l=>l.user},{key:"comment",label:Q.columns.comment,cell:l=>i`<span class="truncate">${l.comment??""}</span>`},{key:"more",label:"",number:!0,bare:!0,cell:l=>i`<span class="button-row">
                      <button class="button button--small" type="button" aria-pressed=${n===String(l.revision)} onClick=${()=>o(n===String(l.revision)?"":String(l.revision))}>${Q.diff}</button>
                      ${Ce.value&&String(l.revision)!==String(t.revision)&&i`<button class="button button--small" type="button" onClick=${()=>r(l.revision)}><${y} name="undo" small />${Q.rollBack}</button>`}
                    </span>`}]}
              />
            </section>
            ${n&&i`<${rn} name=${t.name} revision=${n} />`}`}
    <//>
  </div>`}function rn({name:t,revision:e}){let s=I(()=>D(O`/dags/${t}/revisions/${e}`),[t,e]);return i`<section class="panel">
    <header class="panel-head"><h2>${Q.changesOf(e)}</h2></header>
    <div class="panel-body"><${F} of=${s}>${n=>n.diff?i`<${qe} source=${n.diff} label=${Q.changesOf(e)} />`:i`<p class="muted">${Q.noDiff}</p>`}<//></div>
  </section>`}var Rs={width:146,height:78,rule:50},Jt={width:112,height:52,rule:0},Bs={width:156,height:54,rule:0};function Fs(t,e,s,n,o=0){let r=6+o/2,a=17+o/2,l=s==="source",c=s==="sink",u=n==="LR",[d,p,$,f]=u?[l?a:r,c?a:r,c?a:r,l?a:r]:[l?a:r,l?a:r,c?a:r,c?a:r],g=t+2*o,k=e+2*o;return`M${d} 0H${g-p}A${p} ${p} 0 0 1 ${g} ${p}V${k-$}A${$} ${$} 0 0 1 ${g-$} ${k}H${f}A${f} ${f} 0 0 1 0 ${k-f}V${d}A${d} ${d} 0 0 1 ${d} 0Z`}function Ot(t,e,s,n){let o=n==="LR",[r,a]=o?[t[0]+s.width,t[1]+s.height/2]:[t[0]+s.width/2,t[1]+s.height],[l,c]=o?[e[0]-8,e[1]+s.height/2]:[e[0]+s.width/2,e[1]-8],u=Math.max(24,Math.abs(o?l-r:c-a)/2),d=o?`M${r} ${a}C${r+u} ${a} ${l-u} ${c} ${l} ${c}`:`M${r} ${a}C${r} ${a+u} ${l} ${c-u} ${l} ${c}`,p=o?`M${l} ${c-5}V${c+5}L${l+8} ${c}Z`:`M${l-5} ${c}H${l+5}L${l} ${c+8}Z`,$=o?Math.abs(a-c)<4:!1;return{path:d,head:p,middle:[(r+l)/2,(a+c)/2-($?13:0)]}}function Ws(t){return t?1.5+1.15*Math.max(0,Math.log10(t)):1.5}function Ct(t,e){return t.length<=e?t:`${t.slice(0,e-1)}…`}var an="http://www.w3.org/2000/svg";function _(t,e={},...s){let n=document.createElementNS(an,t);for(let[o,r]of Object.entries(e))r!=null&&n.setAttribute(o,String(r));return n.append(...s),n}function rt(t,e){t.textContent!==e&&(t.textContent=e)}function Xe(t,e){t.getAttribute("class")!==e&&t.setAttribute("class",e)}function Hs(t,e,s,{isSmall:n,isEditor:o,hasPorts:r}){let{width:a,height:l,rule:c}=e,u=t.group?t.group.label:t.name,d=t.group?m.graph.members(t.group.members.length):t.note,p=k=>Fs(a,l,t.kind,s,k),$={type:_("text",{class:"node-type",x:n?34:38,y:n?40:37},Ct(d,n?11:o?19:17)),state:_("svg",{class:"node-state",x:a-(n?18:25),y:n?7:11,width:n?11:13,height:n?11:13},_("use",{href:"#g-unknown"})),rate:_("text",{class:"node-rate",x:14,y:68.5}),meta:_("text",{class:"node-meta",x:a-12,y:68.5})},f=t.group?[8,4].map(k=>_("path",{class:"node-plate",d:p(0),transform:`translate(${k} ${k})`})):[],g=_("g",{class:"node",role:"button",tabindex:-1,"data-node":t.name,"aria-expanded":t.group?"false":void 0},...f,_("path",{class:"node-ring",d:p(4),transform:"translate(-4 -4)"}),_("path",{class:"node-body",d:p(0)}),_("svg",{class:"node-kind",x:13,y:n?12:10,width:16,height:16},_("use",{href:`#i-${t.icon}`})),_("text",{class:"node-name",x:n?34:38,y:n?22:21},Ct(u,n?9:o?14:12))," ",$.type);if((g.querySelector(".node-name")?.textContent!==u||$.type.textContent!==d)&&g.prepend(_("title",{},`${u} · ${d}`)," "),o||g.append($.state),c&&g.append(_("path",{class:"node-rule",d:`M.5 ${c}H${a-.5}`})," ",$.rate," ",$.meta),r){let k=s==="LR",w={cx:k?a:a/2,cy:k?l/2:l},M={cx:k?0:a/2,cy:k?l/2:0};g.append(_("circle",{class:"node-port",r:5,...M})),g.append(_("circle",{class:"node-port node-port--out",r:6,"data-port":t.name,...w}))}return{group:g,parts:$}}function Js(t,e){let s={bed:_("path",{class:"edge-bed","stroke-width":1.5}),flow:_("path",{class:"edge-flow","stroke-width":1.5}),head:_("path",{class:"edge-head"}),hit:_("path",{class:"edge-hit"}),label:_("g",{class:"edge-tag"},_("rect",{class:"edge-chip",height:16,rx:8}),_("text",{class:"edge-label"})),pill:_("g",{class:"edge-fill"},_("rect",{class:"edge-pill",width:58,height:22,rx:11}),_("svg",{width:12,height:12},_("use",{})),_("text",{class:"edge-pill-text"}))},n=_("g",{class:"edge edge--idle","data-edge":t},s.bed,s.flow,s.head);return e&&n.append(s.hit),{group:n,parts:s}}function Gs(t,e){let s=m.graph.frame(t.label,t.members.length),n=46+Math.min(s.length,40)*6.6;return _("g",{class:"frame",transform:`translate(${e.x} ${e.y})`},_("rect",{class:"frame-box",width:e.width,height:e.height,rx:14}),_("g",{class:"frame-head",role:"button",tabindex:0,"data-frame":t.key,"aria-expanded":"true","aria-label":m.graph.foldOne(s)},_("title",{},m.graph.foldOne(s)),_("rect",{class:"frame-chip",x:10,y:9,width:Math.min(n,e.width-20),height:26,rx:13}),_("svg",{class:"frame-icon",x:20,y:15,width:14,height:14},_("use",{href:"#i-minus"})),_("text",{class:"frame-label",x:42,y:26.5},Ct(s,Math.max(6,Math.min(40,Math.floor((e.width-66)/6.6)))))))}function Ks(t){let{svg:e}=t,s=new Map,n=null;e.addEventListener("wheel",r=>{r.preventDefault(),r.ctrlKey||Math.abs(r.deltaY)>Math.abs(r.deltaX)?t.zoomBy(Math.exp(-r.deltaY*(r.ctrlKey?.01:.0015)),t.point(r)):t.look({...t.view,x:t.view.x-r.deltaX})},{passive:!1}),e.addEventListener("pointerdown",r=>{if(r.button!==0)return;let a=r.target,l=a.closest("[data-port]")?.getAttribute("data-port"),c=a.closest("[data-node]")?.getAttribute("data-node"),u=a.closest("[data-edge]")?.getAttribute("data-edge"),d=a.closest("[data-frame]")?.getAttribute("data-frame");s.set(r.pointerId,t.point(r)),n={port:l,name:c,edge:u,frame:d,from:t.point(r),view:t.view,place:c?t.places[c]:null,isMoved:!1},e.setPointerCapture(r.pointerId)}),e.addEventListener("pointermove",r=>{let a=s.get(r.pointerId);if(!a||!n)return;let l=t.point(r);if(s.size===2){let d=[...s].find(([f])=>f!==r.pointerId)?.[1],p=Math.hypot(a[0]-d[0],a[1]-d[1]),$=Math.hypot(l[0]-d[0],l[1]-d[1]);s.set(r.pointerId,l),p>0&&t.zoomBy($/p,[(l[0]+d[0])/2,(l[1]+d[1])/2]),n.isMoved=!0;return}s.set(r.pointerId,l);let[c,u]=[l[0]-n.from[0],l[1]-n.from[1]];!n.isMoved&&Math.hypot(c,u)<4||(n.isMoved=!0,n.port&&t.options.onConnect?t.drawLoose(n.port,t.toWorld(l)):n.name&&t.options.onMove?t.moveNode(n.name,[Math.round(n.place[0]+c/t.view.zoom),Math.round(n.place[1]+u/t.view.zoom)]):t.look({...n.view,x:n.view.x+c,y:n.view.y+u}))});let o=r=>{if(s.delete(r.pointerId),!n||s.size>0)return;let a=n;if(n=null,t.overLayer.replaceChildren(),r.type!=="pointercancel")if(a.isMoved)if(a.port&&t.options.onConnect){let l=t.nodeAt(t.toWorld(t.point(r)));l&&l!==a.port&&t.options.onConnect(a.port,l)}else a.name&&t.options.onMove&&t.options.onMove(a.name,t.places[a.name]);else{let l=t.isCrowd?t.nodeAt(t.toWorld(a.from)):null;l&&t.approach(l),a.frame?t.options.onFold?.(a.frame,!1):t.groupOf(a.name)?t.options.onFold?.(t.groupOf(a.name)?.key??"",!0):a.name?(t.select(a.name,{focus:!0}),t.options.onSelect?.(a.name)):a.edge&&t.options.onSelectEdge?(t.selectEdge(a.edge),t.options.onSelectEdge(a.edge)):l||(t.select(null),t.options.onSelect?.(null))}};e.addEventListener("pointerup",o),e.addEventListener("pointercancel",o),e.addEventListener("dblclick",r=>{let a=r.target.closest("[data-node]")?.getAttribute("data-node");a&&t.options.onOpen?.(a)}),e.addEventListener("focusin",r=>{let a=r.target.closest("[data-node]")?.getAttribute("data-node");a&&a!==t.focused&&(t.focused=a,t.mark())}),e.addEventListener("keydown",r=>ln(t,r))}function ln(t,e){let s=e.target.closest?.("[data-node]")?.getAttribute("data-node"),n=s&&e.key.startsWith("Arrow")&&!e.altKey?t.neighbour(s,e.key):null,o=e.target.closest?.("[data-frame]")?.getAttribute("data-frame"),r=e.key==="Enter"||e.key===" ";if(!(e.ctrlKey||e.metaKey)){if(r&&o)t.options.onFold?.(o,!1);else if(r&&t.groupOf(s))t.options.onFold?.(t.groupOf(s)?.key??"",!0);else if(n)t.focus(n);else if(r&&s)t.select(s),t.options.onSelect?.(s),t.options.onOpen?.(s);else if(e.key==="+"||e.key==="=")t.zoomBy(1.25);else if(e.key==="-")t.zoomBy(.8);else if(e.key==="0")t.zoomBy(1/t.view.zoom);else if(e.key==="f"||e.key==="F")t.fit();else if(e.key==="Escape"&&(t.selected||t.selectedEdge))t.select(null),t.options.onSelect?.(null);else if(!e.key.startsWith("Arrow")||!s)return;e.preventDefault()}}var Ze=150,cn=60,un=3,_t=["name","path","level","none"],Re=t=>`group:${t}`;function Us(t){return[...t.matchAll(/[A-Z]?[a-z]+|[A-Z]+(?![a-z])|\d+/g)].map(e=>e.index+e[0].length)}function dn(t,e){let s=new Map;for(let n of t){let o=n.slice(0,Us(n)[e-1]??n.length);s.set(o,[...s.get(o)??[],n])}return s}function pn(t){let e=Math.max(1,...t.map(n=>Us(n).length)),s=[];for(let n=1;n<e;n++){let o=[...dn(t,n)].filter(([,a])=>a.length>1),r=t.length-o.reduce((a,[,l])=>a+l.length-1,0);if(n>1&&r>cn&&s.length>1)break;s=o.map(([a,l])=>({key:a,label:`${a}…`,members:l}))}return s}function mn(t){let{into:e,out:s}=Gt(t),n=r=>s.get(r)?.length===1&&e.get(s.get(r)[0])?.length===1?s.get(r)?.[0]:void 0,o=[];for(let{name:r}of t.nodes){let a=e.get(r)??[];if(a.length===1&&n(a[0])===r)continue;let l=[r];for(let c=n(r);c&&c!==r;c=n(c))l.push(c);l.length>=un&&o.push({key:r,label:r,members:l})}return o}function $n(t){let{into:e,out:s}=Gt(t),n=new Map(t.nodes.map(({name:l})=>[l,e.get(l)?.length??0])),o=new Map(t.nodes.map(({name:l})=>[l,1])),r=t.nodes.map(({name:l})=>l).filter(l=>!n.get(l)),a=new Map;for(let l=r.pop();l;l=r.pop())for(let c of s.get(l)??[])o.set(c,Math.max(o.get(c)??1,(o.get(l)??1)+1)),n.set(c,(n.get(c)??1)-1),n.get(c)===0&&r.push(c);for(let[l,c]of o)a.set(c,[...a.get(c)??[],l]);return[...a].filter(([,l])=>l.length>1).map(([l,c])=>({key:String(l),label:m.graph.level(l),members:c}))}function Gt(t){let e=new Map,s=new Map,n=(o,r,a)=>o.get(r)?.push(a)??o.set(r,[a]);for(let{from:o,to:r}of t.edges)n(s,o,r),n(e,r,o);return{into:e,out:s}}function Kt(t,e){let s=e==="name"?pn(t.nodes.map(({name:r})=>r)):e==="path"?mn(t):e==="level"?$n(t):[],n=new Map(s.flatMap(r=>r.members.map(a=>[a,r]))),o=new Set(t.edges.filter(({from:r,to:a})=>n.has(a)&&n.get(r)===n.get(a)).map(({to:r})=>r));return s.map(r=>({...r,entries:r.members.filter(a=>!o.has(a))}))}function fn(t){let{into:e,out:s}=Gt(t),n=new Map(t.nodes.map(({name:a})=>[a,e.get(a)?.length??0])),o=t.nodes.map(({name:a})=>a).filter(a=>!n.get(a)),r=0;for(let a=o.pop();a;a=o.pop()){r++;for(let l of s.get(a)??[])n.set(l,(n.get(l)??1)-1),n.get(l)===0&&o.push(l)}return r<t.nodes.length}function Vs(t){if(t.nodes.length<=Ze)return"none";let e=[];for(let s of _t){let n=Ut(t,Kt(t,s),new Set),o=n.nodes.length;if(!(s==="none"||o<3||fn(n))){if(o<=Ze)return s;e.push({way:s,count:o})}}return e.sort((s,n)=>s.count-n.count)[0]?.way??"none"}function Ut(t,e,s){let n=new Map,o=new Map,r=new Map;for(let c of e)if(!s.has(c.key))for(let u of c.members)n.set(u,c);let a=c=>n.has(c)?Re(n.get(c).key):c,l=t.nodes.flatMap(c=>{let u=n.get(c.name);if(!u)return[c];if(o.has(u)){let p=o.get(u);return p.kind!==c.kind&&(p.kind="calculator"),[]}let d={name:Re(u.key),type:"",kind:c.kind,note:"",icon:"layers",publishers:[],mark:"",group:u};return o.set(u,d),[d]});for(let c of t.edges){let[u,d]=[a(c.from),a(c.to)];if(u===d&&n.has(c.from))continue;let p=`${u} ${d}`,$=r.get(p);$?$.parts?.push(c):r.set(p,u===c.from&&d===c.to?c:{name:`${u}_to_${d}`,from:u,to:d,parts:[c]})}return{nodes:l,edges:[...r.values()]}}var hn=300,Xs=.05,bn=2.5,Zs=.5,gn=.35,Qs=48,Qe=class{constructor(e,s={}){this.svg=e,this.options=s,this.size=s.isEditor?Bs:innerWidth<576?Jt:Rs,this.direction="LR",this.model={nodes:[],edges:[]},this.places={},this.cards=new Map,this.lines=new Map,this.selected=null,this.selectedEdge=null,this.focused=null,this.view={x:0,y:0,zoom:1},this.live=null,this.frame=0,this.world=_("g",{class:"world"}),this.frameLayer=_("g"),this.edgeLayer=_("g"),this.nodeLayer=_("g"),this.overLayer=_("g"),this.crowd={edges:_("path",{class:"crowd-edges"}),nodes:_("path",{class:"crowd-nodes"}),failing:_("path",{class:"crowd-failing"})},this.crowdLayer=_("g",{},...Object.values(this.crowd)),this.isCrowd=!1,this.world.append(this.frameLayer,this.edgeLayer,this.nodeLayer,this.overLayer),e.replaceChildren(this.world),Ks(this),this.resizing=new ResizeObserver(()=>this.showVisible()),this.resizing.observe(e)}destroy(){cancelAnimationFrame(this.frame),this.resizing.disconnect(),this.svg.replaceChildren()}draw(e,s,n,o=[]){let r=this.model.nodes.length===0||this.direction!==n;this.model=e,this.places={...s},this.direction=n,this.cards.clear(),this.lines.clear(),this.edgeLayer.replaceChildren(),this.nodeLayer.replaceChildren(),this.frameLayer.replaceChildren(...o.map(({group:a,box:l})=>Gs(a,l)));for(let a of e.nodes)this.cards.set(a.name,{node:a,group:null,isSeen:!1});for(let a of e.edges)this.cards.has(a.from)&&this.cards.has(a.to)&&this.lines.set(a.name,{edge:a,group:null,isSeen:!1});this.selected&&!e.nodes.some(a=>this.isSelected(a))&&(this.selected=null),(!this.focused||!this.cards.has(this.focused))&&(this.focused=e.nodes[0]?.name??null),r?this.fit():this.showVisible(),this.mark()}makeCard(e){let{isEditor:s,onConnect:n}=this.options,{group:o,parts:r}=Hs(e.node,this.size,this.direction,{isSmall:this.size===Jt,isEditor:!!s,hasPorts:!!n});Object.assign(e,{group:o,parts:r,base:`node node--${e.node.group?"group":e.node.kind}${e.node.mark?` node--${e.node.mark}`:""}`,tone:""}),this.moveCard(e),this.markCard(e)}makeLine(e){let{edge:s}=e,{group:n,parts:o}=Js(s.name,!!this.options.onSelectEdge);Object.assign(e,{group:n,parts:o,middle:[0,0],rate:""}),s.mark?n.setAttribute("class",`edge edge--${s.mark}`):this.options.isEditor&&n.setAttribute("class","edge edge--plain"),this.moveLine(e),n.toggleAttribute("data-selected",s.name===this.selectedEdge)}moveCard(e){let[s,n]=this.places[e.node.name]??[0,0];e.group.setAttribute("transform",`translate(${s} ${n})`)}moveLine(e){let s=this.places[e.edge.from],n=this.places[e.edge.to];if(!s||!n)return;let{path:o,head:r,middle:a}=Ot(s,n,this.size,this.direction);for(let l of["bed","flow","hit"])e.parts[l].setAttribute("d",o);e.parts.head.setAttribute("d",r),e.middle=a,this.placeTags(e)}placeTags(e){let[s,n]=e.middle,[o,r]=e.parts.label.children,a=14+e.rate.length*6.2;o.setAttribute("x",s-a/2),o.setAttribute("y",n-8),o.setAttribute("width",a),r.setAttribute("x",s),r.setAttribute("y",n+4),e.parts.pill.setAttribute("transform",`translate(${s-29} ${n-11})`)}setLive(e){this.live=e,!this.frame&&(this.frame=requestAnimationFrame(()=>{this.frame=0,this.live&&this.showLive(this.live)}))}showLive(e){if(!e.row)return;let s=e.row.state==="running";this.isCrowd&&this.crowd.failing.setAttribute("d",this.boxes(n=>(this.rowOf(n,e)?.[2]??0)>0));for(let n of this.cards.values())n.isSeen&&this.showCard(n,this.rowOf(n.node.name,e),e,s);for(let n of this.lines.values())n.isSeen&&this.showLine(n,e,s)}rowOf(e,s){let n=this.cards.get(e)?.node.group;if(!n)return s.nodes.get(e);let o=[e,0,0,null,0,0,0,null],r=-1;for(let a of n.members){let l=s.nodes.get(a);l&&(o[2]+=l[2]??0,o[7]=l[7]===null?o[7]:Math.max(o[7]??0,l[7]),l[5]&&l[4]/l[5]>r&&([r,o[4],o[5]]=[l[4]/l[5],l[4],l[5]]))}for(let a of n.entries){let l=s.nodes.get(a)?.[3];typeof l=="number"&&(o[3]=(o[3]??0)+l)}return o}showCard(e,s,n,o){let r=s?.[2]??0,a=s?s[3]:null,l=s&&s[5]?s[4]/s[5]:null,c=n.row.state==="failed"?"stopped":o?r>0?"failed":"running":n.row.state==="suspended"?"suspended":"stopped",u=r>0?m.graph.errors(z(r)):e.node.kind==="source"?s&&s[4]>0?m.graph.waiting(z(s[4])):"":s&&s[7]?`${Le(s[7])} ms`:s&&s[4]>0?m.graph.waiting(z(s[4])):"";rt(e.parts.rate,a===null?xe:`${z(a)}/s`),rt(e.parts.meta,u),Xe(e.parts.meta,r>0?"node-meta node-meta--failed":"node-meta");let d=e.parts.state.firstChild,p=`#g-${c==="running"?"live":c}`;d.getAttribute("href")!==p&&d.setAttribute("href",p),Xe(e.parts.state,`node-state tone-${c}`),e.tone=r>0?" node--failed":"",this.classOf(e),this.labelCard(e,[m.states[c]??c,l===null?"":m.graph.fill(Math.round(l*100))])}showLine(e,s,n){let o=null,r=null;for(let p of e.edge.parts??[e.edge]){let $=s.edges.get(p.name),f=s.nodes.get(p.to);typeof $?.[2]=="number"&&(o=(o??0)+$[2]),f?.[5]&&(r=Math.max(r??0,f[4]/f[5]))}let a=gt(r),l=a!=="ok"&&n?a:o&&n?"ok":"idle";Xe(e.group,`edge edge--${l}`);let c=Ws(o).toFixed(1);e.width!==c&&(e.width=c,e.parts.bed.setAttribute("stroke-width",c),e.parts.flow.setAttribute("stroke-width",String(Math.max(1.5,Number(c)*(l==="full"?.72:.42)))));let u=o?`${z(o)}/s`:"";u!==e.rate&&(e.rate=u,rt(e.parts.label.children[1],u),this.placeTags(e));let d=l==="busy"||l==="full"?e.parts.pill:u?e.parts.label:null;if(d===e.parts.pill){let[,p,$]=e.parts.pill.children;Xe(e.parts.pill,`edge-fill edge-fill--${l}`),p.setAttribute("x",7),p.setAttribute("y",5),p.firstChild.setAttribute("href",`#g-${l}`),$.setAttribute("x",51),$.setAttribute("y",15),rt($,`${Math.round((r??0)*100)}%`)}for(let p of[e.parts.label,e.parts.pill])p===d&&p.parentNode!==e.group?e.group.append(p):p!==d&&p.parentNode===e.group&&p.remove()}classOf(e){Xe(e.group,e.base+e.tone+(this.isSelected(e.node)?" node--selected":""))}isSelected(e){return this.selected!==null&&(e.name===this.selected||e.group?.members.includes(this.selected)===!0)}select(e,s={}){this.selected=e,this.selectedEdge=null,e&&this.cards.has(e)&&(this.focused=e),this.mark(),e&&s.reveal&&this.reveal(e),e&&s.focus&&this.focus(e)}selectEdge(e){this.selected=null,this.selectedEdge=e,this.mark()}mark(){for(let e of this.cards.values())e.group&&this.markCard(e);for(let e of this.lines.values())e.group?.toggleAttribute("data-selected",e.edge.name===this.selectedEdge)}markCard(e){e.group.setAttribute("tabindex",e.node.name===this.focused?"0":"-1"),e.label||this.labelCard(e,[]),this.classOf(e)}labelCard(e,s){let o=[[...e.group.querySelectorAll("title, text")].map(r=>r.textContent).filter(Boolean).join(" "),...s].filter(Boolean).join(", ");e.label!==o&&e.group.setAttribute("aria-label",e.label=o)}focus(e){let s=this.cards.get(e);s&&(this.focused=e,this.isCrowd&&this.look({...this.view,zoom:1}),this.reveal(e),this.showVisible(),this.mark(),s.group.focus({preventScroll:!0}))}neighbour(e,s){let n=this.direction==="LR",r=(n?{ArrowRight:"out",ArrowLeft:"in"}:{ArrowDown:"out",ArrowUp:"in"})[s],a=n?1:0,l=this.places[e]??[0,0],c=p=>p.filter($=>$!==e&&this.places[$]).sort(($,f)=>Math.abs(this.places[$][a]-l[a])-Math.abs(this.places[f][a]-l[a]))[0];if(r==="out")return c(this.model.edges.filter(p=>p.from===e).map(p=>p.to));if(r==="in")return c(this.model.edges.filter(p=>p.to===e).map(p=>p.from));let u=s==="ArrowDown"||s==="ArrowRight",d=this.model.nodes.map(p=>p.name).filter(p=>this.places[p]&&Math.abs(this.places[p][1-a]-l[1-a])<(n?this.size.width:this.size.height)).filter(p=>u?this.places[p][a]>l[a]:this.places[p][a]<l[a]);return c(d)}box(){let[e,s,n,o]=[1/0,1/0,-1/0,-1/0];for(let[r,a]of Object.values(this.places))e=Math.min(e,r),s=Math.min(s,a),n=Math.max(n,r+this.size.width),o=Math.max(o,a+this.size.height);return Number.isFinite(e)?{x:e,y:s,width:n-e,height:o-s}:{x:0,y:0,width:1,height:1}}fit(e=this.box()){let{clientWidth:s,clientHeight:n}=this.svg;if(!s||!n){requestAnimationFrame(()=>this.svg.isConnected&&this.fit(e));return}let o=Math.max(Xs,Math.min(1,(s-2*Qs)/e.width,(n-2*Qs-24)/e.height));this.look({zoom:o,x:s/2-(e.x+e.width/2)*o,y:n/2-(e.y+e.height/2)*o})}zoomBy(e,s=[this.svg.clientWidth/2,this.svg.clientHeight/2]){let n=Math.max(Xs,Math.min(bn,this.view.zoom*e)),o=n/this.view.zoom;this.look({zoom:n,x:s[0]-(s[0]-this.view.x)*o,y:s[1]-(s[1]-this.view.y)*o})}look(e){this.view=e,this.world.setAttribute("transform",`translate(${e.x.toFixed(1)} ${e.y.toFixed(1)}) scale(${e.zoom.toFixed(4)})`),this.svg.classList.toggle("graph--far",e.zoom<Zs),this.svg.classList.toggle("graph--farther",e.zoom<gn),this.showVisible(),this.options.onView?.(e)}reveal(e){let s=this.places[e];if(!s)return;let{x:n,y:o,zoom:r}=this.view,{clientWidth:a,clientHeight:l}=this.svg,[c,u]=[s[0]*r+n,s[1]*r+o];c>=8&&u>=8&&c+this.size.width*r<=a-8&&u+this.size.height*r<=l-8||this.look({zoom:r,x:a/2-(s[0]+this.size.width/2)*r,y:l/2-(s[1]+this.size.height/2)*r})}groupOf(e){return e?this.cards.get(e)?.node.group:void 0}near(e){let[s,n]=this.places[e]??[0,0],o=Math.max(this.view.zoom,Zs);this.look({zoom:o,x:this.svg.clientWidth/2-(s+this.size.width/2)*o,y:this.svg.clientHeight/2-(n+this.size.height/2)*o})}approach(e){let[s,n]=this.places[e];if(this.look({zoom:1,x:this.svg.clientWidth/2-(s+this.size.width/2),y:this.svg.clientHeight/2-(n+this.size.height/2)}),this.groupOf(e)){this.focus(e);return}this.select(e,{focus:!0}),this.options.onSelect?.(e)}window(){let{x:e,y:s,zoom:n}=this.view;return{x:-e/n,y:-s/n,width:this.svg.clientWidth/n,height:this.svg.clientHeight/n}}showVisible(){let e=this.window(),s=this.cards.size<=Ze,n=r=>{let[a,l]=this.places[r]??[0,0];return s||a+this.size.width>e.x-60&&a<e.x+e.width+60&&l+this.size.height>e.y-60&&l<e.y+e.height+60},o=!1;this.showCrowd(!s&&this.model.nodes.filter(r=>n(r.name)).length>hn);for(let r of this.cards.values()){let a=!this.isCrowd&&n(r.node.name)||r.group!==null&&document.activeElement===r.group;a!==r.isSeen&&(r.isSeen=a,o||=a,a&&!r.group&&this.makeCard(r),a?this.nodeLayer.append(r.group):r.group.remove())}for(let r of this.lines.values()){let a=this.cards.get(r.edge.from).isSeen||this.cards.get(r.edge.to).isSeen;a!==r.isSeen&&(r.isSeen=a,a&&!r.group&&this.makeLine(r),a?this.edgeLayer.append(r.group):r.group.remove())}o&&this.live&&this.setLive(this.live)}showCrowd(e){if(!(e===this.isCrowd&&this.crowdOf===this.model)){if(this.isCrowd=e,this.crowdOf=this.model,this.svg.setAttribute("tabindex",e?"0":"-1"),!e){this.crowdLayer.remove();return}this.world.prepend(this.crowdLayer),this.crowd.edges.setAttribute("d",this.model.edges.map(s=>Ot(this.places[s.from],this.places[s.to],this.size,this.direction).path).join("")),this.crowd.nodes.setAttribute("d",this.boxes(()=>!0)),this.crowd.failing.setAttribute("d","")}}boxes(e){let{width:s,height:n}=this.size;return Object.entries(this.places).map(([o,[r,a]])=>e(o)?`M${r} ${a}h${s}v${n}h${-s}z`:"").join("")}point(e){let s=this.svg.getBoundingClientRect();return[e.clientX-s.left,e.clientY-s.top]}toWorld(e){return[(e[0]-this.view.x)/this.view.zoom,(e[1]-this.view.y)/this.view.zoom]}moveNode(e,s){this.places[e]=s,this.moveCard(this.cards.get(e));for(let n of this.lines.values())n.group&&(n.edge.from===e||n.edge.to===e)&&this.moveLine(n)}drawLoose(e,s){let o=this.direction==="LR"?[s[0]+8,s[1]-this.size.height/2]:[s[0]-this.size.width/2,s[1]+8];this.overLayer.replaceChildren(_("path",{class:"edge-loose",d:Ot(this.places[e],o,this.size,this.direction).path}))}nodeAt(e){return this.model.nodes.find(s=>{let[n,o]=this.places[s.name]??[1/0,1/0];return e[0]>=n&&e[0]<=n+this.size.width&&e[1]>=o&&e[1]<=o+this.size.height})?.name}};var At=null,yn=0,Vt=new Map,at=new Map,wn=32;function vn(){let t=document.querySelector("script[data-layout]");return At=new Worker(t.dataset.layout??"",{type:"module"}),At.onmessage=e=>{Vt.get(e.data.id)?.({places:e.data.places,boxes:e.data.boxes}),Vt.delete(e.data.id)},At}async function Et(t,e,s,n,o=[]){let r=JSON.stringify([s,n,t.map(d=>d.name),e.map(d=>[d.from,d.to]),o]),a=at.get(r);if(a)return a;let l=++yn,c=new Promise(d=>Vt.set(l,d));(At??vn()).postMessage({id:l,nodes:t.map(d=>({name:d.name,...n})),edges:e.map(d=>({from:d.from,to:d.to})),direction:s,frames:o.map(d=>({name:d.name,members:d.members}))});let u=await c;return at.size>=wn&&at.delete(at.keys().next().value),at.set(r,u),u}var it=m.graph,kn=8;function xn(t,e){let s=e.trim().toLowerCase(),n=o=>{let r=o.name.toLowerCase();return r===s?0:r.startsWith(s)?1:r.includes(s)?2:`${o.note} ${o.type}`.toLowerCase().includes(s)?3:4};return s?t.map(o=>({node:o,rank:n(o)})).filter(o=>o.rank<4).sort((o,r)=>o.rank-r.rank).map(o=>o.node):[]}function Ys({nodes:t,onFind:e,onOpen:s}){let[n,o]=b(""),[r,a]=b(0),[l,c]=b(!1),u=Y(null),d=xn(t,n),p=d.slice(0,kn);P(()=>{let w=M=>{M.key!=="/"||M.target.closest("input, textarea, select")||(M.preventDefault(),u.current?.focus())};return document.addEventListener("keydown",w),()=>document.removeEventListener("keydown",w)},[]);let $=w=>{o(w),a(0),c(w.trim()!=="")},f=w=>{w&&(c(!1),s(w))},g=w=>{a(w),c(!0),p[w]&&e(p[w].name)},k=w=>{if(w.key==="ArrowDown")g(l?(r+1)%Math.max(1,p.length):0);else if(w.key==="ArrowUp")g((r-1+p.length)%Math.max(1,p.length));else if(w.key==="Enter")f(p[r]?.name);else if(w.key==="Escape"&&l)c(!1);else return;w.preventDefault()};return i`<div class="find" onFocusOut=${w=>!w.currentTarget.contains(w.relatedTarget)&&c(!1)}>
    <label class="field-inline">
      <${y} name="search" />
      <input
        class="input"
        ref=${u}
        role="combobox"
        aria-label=${it.find}
        aria-expanded=${l}
        aria-controls="find-list"
        aria-activedescendant=${l&&p.length?`find-${r}`:void 0}
        placeholder=${it.find}
        autocomplete="off"
        spellcheck=${!1}
        value=${n}
        onInput=${w=>$(w.target.value)}
        onKeyDown=${k}
      />
      ${n.trim()?i`<span class="find-count" role="status">${it.foundOf(d.length,t.length)}</span>`:i`<kbd aria-hidden="true">/</kbd>`}
    </label>
    <div class="find-list option-list" id="find-list" role="listbox" aria-label=${it.found} hidden=${!l}>
      ${p.map((w,M)=>i`<button type="button" role="option" id=${`find-${M}`} tabindex="-1" aria-selected=${M===r} onClick=${()=>f(w.name)}>
          <${y} name=${w.icon} /><span class="truncate">${w.name}</span><span class="spacer"></span><span class="muted truncate">${w.note}</span>
        </button>`)}
      ${p.length===0&&i`<p class="muted" role="option" aria-selected="false">${it.foundNone}</p>`}
    </div>
  </div>`}var he=m.graph;function Tt(){return localStorage.getItem("dagd.direction")==="TB"||innerWidth<576?"TB":"LR"}function Xt(t,e,s){let n=t?.[e]??{};for(let[o,r]of Object.entries(n))s[o]&&Array.isArray(r)&&(s[o]=[r[0],r[1]]);return s}function Sn({canvas:t,view:e}){let s=t.box(),n=t.window(),o=Math.min(140/s.width,84/s.height),r={x:s.x-(148/o-s.width)/2,y:s.y-(92/o-s.height)/2};return i`<svg class="minimap" viewBox="${r.x} ${r.y} ${148/o} ${92/o}" aria-hidden="true" data-zoom=${e.zoom}>
    <path class="minimap-node" d=${t.boxes(()=>!0)} />
    <rect class="minimap-view" x=${n.x} y=${n.y} width=${n.width} height=${n.height} />
  </svg>`}function Zt({canvas:t,zoom:e,direction:s,onTurn:n}){return i`<div class="canvas-tools canvas-tools--left" role="group" aria-label=${he.tools}>
    <button type="button" aria-label=${he.zoomOut} onClick=${()=>t?.zoomBy(.8)}><${y} name="minus" small /></button>
    <button type="button" aria-label=${he.zoomReset(Math.round(e*100))} onClick=${()=>t?.zoomBy(1/e)}>${Math.round(e*100)}%</button>
    <button type="button" aria-label=${he.zoomIn} onClick=${()=>t?.zoomBy(1.25)}><${y} name="add" small /></button>
    <button type="button" aria-label=${he.fit} onClick=${()=>t?.fit()}><${y} name="fit" small /></button>
    <button type="button" aria-label=${s==="LR"?he.down:he.across} onClick=${n}><${y} name="tree" small /></button>
  </div>`}function On(){let t=(e,s)=>i`<svg width="32" height="8" aria-hidden="true" class="edge edge--${e}">
    <path class="edge-bed" stroke-width="5" d="M0 4H32" /><path class="edge-flow" stroke-width=${s} d="M0 4H32" />
  </svg>`;return i`<div class="legend">
    <span>${t("ok",2)}${he.under}</span><span>${t("busy",2)}<span class="tone-busy"><${Z} name="busy" /></span>50–80%</span>
    <span>${t("full",3.5)}<span class="tone-full"><${Z} name="full" /></span>${he.over}</span><span>${he.wider}</span>
  </div>`}function Cn(t){let{query:e}=ne.value,s=e.get("groups"),n=Se(()=>Vs(t),[t]),o=s&&_t.includes(s)?s:n,r=e.get("open")??"",a=Se(()=>Kt(t,o),[t,o]),l=Se(()=>new Set(r?r.split("."):[]),[r]),c=Se(()=>Ut(t,a,l),[t,a,l]);return{way:o,groups:a,open:l,folded:c,isMany:t.nodes.length>Ze,setWay:u=>re({groups:u===n?null:u,open:null}),setOpen:u=>re({open:[...u].join(".")})}}function eo({dag:t,selected:e,onSelect:s}){let n=Y(null),o=Y(null),[r,a]=b(Tt()),[l,c]=b({zoom:1}),u=Se(()=>Os(t),[t.name,t.revision,t.running_revision]),{way:d,groups:p,open:$,folded:f,isMany:g,setWay:k,setOpen:w}=Cn(u),M=Y(null),E=Y(d),S=Y({}),h=(x,A)=>{let N=new Set($);A?N.add(x):N.delete(x),M.current=A?{frame:Re(x)}:{card:Re(x)},w(N)},B=(x,A=!0)=>{let N=p.find(be=>be.members.includes(x));N&&!$.has(N.key)?(M.current={node:x,keepsFocus:A},w(new Set([...$,N.key]))):o.current?.select(x,{reveal:!0,focus:!A})};S.current={onSelect:s,turnGroup:h},P(()=>{let x=new Qe(n.current,{onSelect:A=>S.current.onSelect(A),onFold:(A,N)=>S.current.turnGroup(A,N),onView:c});return o.current=x,()=>x.destroy()},[]),P(()=>{let x=!0,A=o.current,N=p.filter(C=>$.has(C.key)),be=p.length?Promise.resolve(null):D(O`/dags/${t.name}/layout`).catch(()=>null);return Promise.all([Et(f.nodes,f.edges,r,A.size,N.map(C=>({name:Re(C.key),members:C.members}))),be]).then(([{places:C,boxes:U},W])=>{if(!x)return;let ae=M.current;M.current=null,A.draw(f,Xt(W,r,{...C}),r,N.map(ge=>({group:ge,box:U[Re(ge.key)]}))),A.select(ae?.node??e),E.current!==d&&A.fit(),E.current=d,ae?.frame&&U[ae.frame]?(A.fit(U[ae.frame]),A.focus(N.find(ge=>Re(ge.key)===ae.frame)?.entries[0]??"")):ae?.card?(A.fit(),A.focus(ae.card)):ae?.node?(A.near(ae.node),ae.keepsFocus||A.focus(ae.node)):g&&e&&A.cards.has(e)&&A.near(e)}),()=>{x=!1}},[f,r]),P(()=>Oe(t.name).subscribe(x=>{x&&o.current?.setLive(x)}),[t.name]),P(()=>{o.current?.selected!==e&&(e?B(e):o.current?.select(null))},[e]);let R=()=>{let x=r==="LR"?"TB":"LR";localStorage.setItem("dagd.direction",x),a(x)},L=x=>{B(x,!1),s(x)};return i`<div class="canvas">
    <svg class="graph" ref=${n} role="group" aria-label=${he.of(t.name)}></svg>
    ${u.nodes.length===0&&i`<${pe} title=${he.empty} />`}
    <div class="canvas-bar">
      <${Ys} nodes=${u.nodes} onFind=${B} onOpen=${L} />
      ${g&&i`<${Ke} auto label=${he.groups} value=${d} onInput=${k} options=${_t.map(x=>({value:x,label:he.ways[x]}))} />`}
      ${$.size>0&&i`<button class="button" type="button" onClick=${()=>w(new Set)}><${y} name="layers" />${he.foldAll}</button>`}
    </div>
    <${Zt} canvas=${o.current} zoom=${l.zoom} direction=${r} onTurn=${R} />
    <${On} />
    ${o.current&&o.current.cards.size>0&&i`<${Sn} canvas=${o.current} view=${l} />`}
  </div>`}function to(t,e){return q("PUT",O`/dags/${t}/layout`,{body:e})}var so=m.why;function Qt(t){V(()=>i`<${_n} name=${t} />`)}function _n({name:t}){let e=I(()=>D(O`/dags/${t}/why`),[t]);return i`<${me} title=${so.title} note=${t}>
    <${F} of=${e}>
      ${s=>s.findings.length===0?i`<p class="note"><${Z} name="done" tone="done" />${so.healthy}</p>`:i`<ol class="findings">
              ${s.findings.map((n,o)=>i`<li>
                  <${Z} name=${o===0&&!s.is_healthy?"failed":"warning"} tone=${o===0&&!s.is_healthy?"failed":"warning"} />
                  <b>${n.object}</b>
                  <span class="muted">${n.since?m.dashboard.since(Je((Date.now()-Date.parse(n.since))/1e3)):""}</span>
                  <p>${n.detail}${n.suggestion&&i`<br /><b>${n.suggestion}</b>`}</p>
                </li>`)}
            </ol>`}
    <//>
  <//>`}var Ee=m.dag,An=["graph","nodes","errors","metrics","definition","revisions"];function Yt(t){let e=0,s=0,n=null,o=null;for(let[r,,a,,l,c,,u]of t?.nodes.values()??[])e+=a??0,a>0&&s++,c&&l!==null&&(!n||l/c>n.fill)&&(n={name:r,fill:l/c}),u!=null&&(o===null||u>o)&&(o=u);return{errors:e,failing:s,fullest:n,slowest:o}}function En({dag:t,reload:e}){let s=Oe(t.name).value,n=s?.row?.state??t.state,{failing:o}=Yt(s),r={...t,state:n},a=u=>()=>ms(u,t.name).then(e),l=[{label:m.actions.stop,icon:"stop",reason:Ge("stop",r)||void 0,run:a("stop")},{label:m.actions.stopNow,icon:"stop",reason:Ge("stopNow",r)||void 0,run:a("stopNow")},{label:m.actions.restart,icon:"restart",reason:Ge("restart",r)||void 0,run:a("restart")}],c=[...Ie.value?[{label:m.actions.publish,icon:"publish",run:()=>St(t.name)},{label:m.actions.step,icon:"step",run:()=>Es(t.name)}]:[],{label:m.actions.why,icon:"help",run:()=>Qt(t.name)},{label:m.actions.letters,icon:"letters",href:`/dags/${t.name}/dead-letters`},{label:m.actions.download,icon:"download",run:()=>Tn(t.name)},...Ce.value?[{label:m.actions.delete,icon:"delete",danger:!0,line:!0,run:()=>$s(t.name,fs)}]:[]];return i`<header class="dag-head">
    <a class="crumb" href="/">${m.nav.dags}</a><span class="muted" aria-hidden="true">/</span>
    <h1 class="truncate" title=${t.name}>${t.name}</h1>
    <${ps} state=${n} boxed />
    ${o>0&&i`<${Ae} tone="failed">${Ee.failing(o)}<//>`}
    <div class="facts">
      <span>${t.since?Je((Date.now()-Date.parse(t.since))/1e3):xe}</span>
      <span><a href=${`/dags/${t.name}?tab=revisions`} class="muted">${Ee.revision(t.revision)}</a></span>
      <span>${hs(t)}</span>
    </div>
    <span class="spacer"></span>
    <div class="button-row">
      ${Ie.value&&(t.is_running?i`${t.is_suspended?i`<button class="button" type="button" onClick=${a("resume")}><${y} name="start" />${m.actions.resume}</button>`:i`<button class="button" type="button" onClick=${a("suspend")}><${y} name="suspend" />${m.actions.suspend}</button>`}
            <${ot} label=${m.actions.stop} icon="stop" items=${l}>${m.actions.stop}<//>`:i`<button class="button button--primary" type="button" disabled=${Ge("start",r)!==""} title=${Ge("start",r)} onClick=${a("start")}><${y} name="start" />${m.actions.start}</button>`)}
      ${Ce.value&&i`<button class="button hide-phone" type="button" onClick=${()=>Ft(t)}><${y} name="clone" />${m.actions.clone}</button>
        <a class="button" href=${`/dags/${t.name}/edit`}><${y} name="edit" />${m.actions.edit}</a>`}
      <${ot} label=${m.dashboard.moreActions(t.name)} icon="more" items=${c} />
    </div>
    ${t.reason&&i`<p class="note note--${n==="failed"||n==="invalid"?"failed":"warning"} reason">${t.reason}</p>`}
  </header>`}async function Tn(t){let e=document.createElement("a");e.href=O`/api/v1/dags/${t}`,e.download=`${t}.json`,e.click()}function Mn({dag:t}){let e=Oe(t.name).value,{errors:s,fullest:n,slowest:o}=Yt(e),r=e?.row,a=(l,c,u="",d=null)=>i`<div><dt>${l}</dt><dd><span class="value">${c}${u&&c!==xe&&i`<small>${u}</small>`}</span>${d}</dd></div>`;return i`<dl class="pulse">
    ${a(Ee.in,z(r?.inRate??t.in_rate),"/s")}
    ${a(Ee.out,z(r?.outRate??t.out_rate),"/s")}
    ${a(Ee.fullest,n?`${Math.round(n.fill*100)}%`:xe,"",n&&gt(n.fill)!=="ok"?i`<${st} fill=${n.fill} bare />`:null)}
    ${a(Ee.waiting,z(r?.queue??t.queue))}
    ${a(Ee.slowest,Le(o),"ms")}
    ${a(Ee.errors,i`<span class=${(r?.errors??0)>0?"text-failed":""}>${z(r?.errors??t.errors)}</span>`)}
    ${a(Ee.errorsAll,z(s))}
  </dl>`}function Nn({name:t,tab:e,counts:s}){let n=mt.value==="paused";return i`<nav class="tabs" aria-label=${Ee.views}>
    ${An.map(o=>i`<a href=${`/dags/${t}${o==="graph"?"":`?tab=${o}`}`} aria-current=${o===e?"page":void 0}>
        ${Ee.tabs[o]}${s[o]!==null&&s[o]!==void 0&&i`<span class="count-pill ${o==="errors"&&s[o]?"count-pill--failed":""}">${z(s[o])}</span>`}
      </a>`)}
    <span class="spacer"></span>
    <span class="live hide-phone ${mt.value==="open"?"":"live--lost"}"><${y} name="tap" small />${m.live[mt.value||"lost"]}</span>
    <button class="button button--quiet hide-phone" type="button" onClick=${()=>is(!n)}><${y} name=${n?"start":"pause"} small />${n?m.live.resume:m.live.pause}</button>
  </nav>`}function oo({name:t}){let e=I(()=>D(O`/dags/${t}/details`),[t,as.value]),s=Oe(t).value,{query:n}=ne.value,o=n.get("tab")??"graph",r=n.get("node"),a=n.get("panel");if(P(()=>ft(`dag:${t}`),[t]),P(()=>{!a||!e.data||(re({panel:null}),a==="why"?Qt(t):a==="clone"&&Ft(e.data))},[a,!!e.data]),!e.data)return i`<main id="main" class="page">${e.error?i`<${tt} error=${e.error} retry=${e.reload} />`:i`<${ht} lines=${10} />`}</main>`;let l=e.data,c=p=>re({node:p}),u={graph:()=>i`<${eo} dag=${l} selected=${r} onSelect=${c} />`,nodes:()=>i`<${Ds} dag=${l} onOpen=${c} />`,errors:()=>i`<${Is} dag=${l} onOpen=${c} />`,metrics:()=>i`<${js} name=${t} />`,definition:()=>i`<${Ps} dag=${l} />`,revisions:()=>i`<${qs} dag=${l} reload=${e.reload} />`}[o],d=r!==null&&l.nodes[r];return i`<div class="dag-layout ${d?"dag-layout--drawer":""}">
    <main id="main" class="dag-main">
      <${En} dag=${l} reload=${e.reload} />
      <${Mn} dag=${l} />
      <${Nn} name=${t} tab=${o} counts=${{nodes:Object.keys(l.nodes).length,errors:s?Yt(s).errors:null}} />
      ${u?u():i`<${tt} error=${{message:o}} />`}
    </main>
    ${d&&i`<${Ls} key=${r} dag=${l} node=${l.nodes[r]} onClose=${()=>c(null)} reload=${e.reload} />`}
  </div>`}var oe=m.letters,no=50;function ro({name:t}){let[e,s]=b([null]),[n,o]=b(new Set),[r,a]=b(""),l=e.length-1,c=I(()=>D(O`/dags/${t}/dead-letters`+le({limit:no,cursor:e[l]})),[t,e[l]]),u=()=>{o(new Set),c.reload()},d=async f=>{try{let g=await de(O`/dags/${t}/dead-letters/redrive`,{ids:f});H(oe.redriven(g.count))}catch(g){ye(oe.notRedriven,g)}u()},p=(f,g)=>V(()=>i`<${je}
        title=${oe.discardTitle(g)}
        detail=${oe.discardDetail}
        action=${oe.discard}
        run=${async()=>{try{let{body:k}=await q("DELETE",O`/dags/${t}/dead-letters`+le({ids:f==="all"?"all":f.join(",")}));H(oe.discarded(k.count))}catch(k){ye(oe.notDiscarded,k)}u()}}
      />`),$=[...n];return P(()=>o(new Set),[e[l]]),i`<main id="main" class="page">
    <div class="page-head">
      <a class="crumb" href="/">${m.nav.dags}</a><span class="muted" aria-hidden="true">/</span>
      <a class="crumb truncate" href=${`/dags/${t}`}>${t}</a><span class="muted" aria-hidden="true">/</span>
      <h1>${oe.title}</h1>
      <span class="spacer"></span>
      ${(c.data?.total??0)>0&&Ie.value&&i`<button class="button" type="button" onClick=${()=>d("all")}><${y} name="restart" />${oe.redriveAll}</button>`}
      ${(c.data?.total??0)>0&&Ce.value&&i`<button class="button button--quiet button--danger" type="button" onClick=${()=>p("all",c.data.total)}><${y} name="delete" />${oe.discardAll}</button>`}
    </div>
    <section class="panel table-wrap">
      <${F} of=${c} lines=${6}>
        ${f=>f.items.length===0?i`<${pe} title=${oe.empty} detail=${oe.emptyDetail} drawing=${i`<${y} name="letters" />`} />`:i`<${fe}
                  label=${oe.title}
                  items=${f.items}
                  keyOf=${g=>String(g.id)}
                  selected=${Ie.value?n:void 0}
                  onSelect=${o}
                  columns=${[{key:"time",label:oe.columns.time,cell:g=>ve(g.time)},{key:"place",label:oe.columns.place,cell:g=>i`<b>${g.node??g.publisher??g.subscriber??""}</b>`},{key:"error",label:oe.columns.error,cell:g=>i`<span class="truncate error-text" title=${g.error}>${g.error}</span>`},{key:"cycle",label:oe.columns.cycle,number:!0,cell:g=>Ne(g.cycle)},{key:"state",label:oe.columns.state,cell:g=>i`<span class="muted">${g.state}</span>`},{key:"more",label:"",number:!0,bare:!0,cell:g=>i`<button class="button button--small" type="button" aria-expanded=${r===String(g.id)} onClick=${()=>a(r===String(g.id)?"":String(g.id))}>${oe.show}</button>`}]}
                />
                ${r&&i`<div class="panel-body"><${ue} source=${Ln(f.items.find(g=>String(g.id)===r))} label=${oe.message} /></div>`}
                <footer class="panel-foot">
                  ${$.length>0&&i`<div class="bulk"><b>${m.dashboard.selected($.length)}</b>
                    <button class="button button--small" type="button" onClick=${()=>d($)}><${y} name="restart" small />${oe.redrive}</button>
                    ${Ce.value&&i`<button class="button button--small button--quiet button--danger" type="button" onClick=${()=>p($,$.length)}><${y} name="delete" small />${oe.discard}</button>`}
                  </div>`}
                  <${yt} total=${f.total} limit=${no} page=${l} count=${f.items.length} hasNext=${!!f.next_cursor} onPage=${g=>s(g>l?[...e,f.next_cursor]:e.slice(0,g+1))} />
                </footer>`}
      <//>
    </section>
  </main>`}function Ln(t){return t?JSON.stringify(t,null,2):""}function j(t,e){return Array.isArray(t[e])||(t[e]=[]),t[e]}function lt(t,e){let s=new Set(["subscribers","publishers","calculators","transformers","nodes"].flatMap(r=>j(t,r).map(a=>a?.name))),n=e.replace(/[^A-Za-z0-9_]/g,"_").replace(/^_+$/,"part")||"part",o=n;for(let r=2;s.has(o);r++)o=`${n}_${r}`;return o}function Dn(t){return t.replace(/(Calculator|Transformer|Node)$/,"").replace(/([a-z])([A-Z])/g,"$1_$2").toLowerCase()}var In={subscriber:"subscribers",publisher:"publishers",calculator:"calculators",transformer:"transformers",node:"nodes"};function ao(t,e){let s=structuredClone(e.example??{}),n=In[e.kind],o=Dn(e.type.replace(/[^A-Za-z0-9_]/g,"_")),r=e.kind==="node"?s:{...s};if(r.name=lt(t,e.kind==="subscriber"?`${o}_in`:e.kind==="publisher"?`${o}_out`:o),e.kind==="node"){for(let l of["subscriber","calculator","publishers","input_transformers","output_transformers"])delete r[l];return r.type??=e.type,j(t,"nodes").push(r),r.name}if(j(t,n).push(r),e.kind==="transformer")return"";let a=e.kind==="subscriber"?{name:lt(t,`read_${r.name}`),type:"SubscriptionNode",config:{},subscriber:r.name}:e.kind==="publisher"?{name:lt(t,`write_${r.name}`),type:"PublicationNode",config:{},publishers:[r.name]}:{name:lt(t,`do_${r.name}`),type:"CalculationNode",config:{},calculator:r.name};return j(t,"nodes").push(a),a.name}function ct(t,e,s){let n=j(t,"edges");e!==s&&!n.some(o=>o.from_node===e&&o.to_node===s)&&n.push({from_node:e,to_node:s})}function Ye(t,e,s){t.edges=j(t,"edges").filter(n=>n.from_node!==e||n.to_node!==s)}function Mt(t,e){let s=j(t,"nodes").find(o=>o.name===e);if(t.nodes=t.nodes.filter(o=>o!==s),t.edges=j(t,"edges").filter(o=>o.from_node!==e&&o.to_node!==e),!s)return;let n=o=>JSON.stringify([t.nodes,t.edges]).includes(JSON.stringify(o));for(let[o,r]of[["subscribers",[s.subscriber]],["calculators",[s.calculator]],["publishers",s.publishers??[]]])for(let a of r)a&&!n(a)&&(t[o]=j(t,o).filter(l=>l.name!==a))}function io(t,e,s){for(let n of j(t,"nodes"))n.name===e&&(n.name=s);for(let n of j(t,"edges"))n.from_node===e&&(n.from_node=s),n.to_node===e&&(n.to_node=s)}function lo(t,e,s,n){let o=a=>Array.isArray(a)?a.map(l=>l===s?n:l):a===s?n:a,r={subscribers:["subscriber"],calculators:["calculator"],publishers:["publishers"],transformers:["input_transformers","output_transformers"]};for(let a of j(t,e))a.name===s&&(a.name=n);for(let a of j(t,"nodes"))for(let l of r[e]??[])a[l]!==void 0&&(a[l]=o(a[l]));if(e==="transformers")for(let a of j(t,"edges"))a.transformer!==void 0&&(a.transformer=o(a.transformer))}function co(t,e){let s=(n,o)=>j(t,n).find(r=>r?.name===o);return e?.subscriber?{area:"subscribers",kind:"subscriber",part:s("subscribers",e.subscriber)}:e?.calculator?{area:"calculators",kind:"calculator",part:s("calculators",e.calculator)}:e?.publishers?.[0]?{area:"publishers",kind:"publisher",part:s("publishers",e.publishers[0])}:null}function uo(t,e){let s=t==="subscriber"?e?.config?.source??e?.source:t==="publisher"?e?.config?.destination??e?.destination:null;return s?/^([a-z0-9+.-]+):/i.exec(s)?.[1]??"":String(e?.type??"")}function po(t,e){let s=j(t,"nodes").filter(o=>e.includes(o.name)),n=(o,r)=>j(t,o).filter(a=>r.includes(a.name));return{dagd:"nodes",nodes:s,edges:j(t,"edges").filter(o=>e.includes(o.from_node)&&e.includes(o.to_node)),subscribers:n("subscribers",s.map(o=>o.subscriber)),calculators:n("calculators",s.map(o=>o.calculator)),publishers:n("publishers",s.flatMap(o=>o.publishers??[]))}}function mo(t,e){let s={},n=r=>s[r]??r,o=structuredClone(e);for(let r of["subscribers","calculators","publishers","nodes"])for(let a of o[r]??[])s[a.name]=lt(t,a.name),a.name=s[a.name],j(t,r).push(a);for(let r of o.nodes??[])r.subscriber&&(r.subscriber=n(r.subscriber)),r.calculator&&(r.calculator=n(r.calculator)),r.publishers&&(r.publishers=r.publishers.map(n));for(let r of o.edges??[])j(t,"edges").push({...r,from_node:n(r.from_node),to_node:n(r.to_node)});return(o.nodes??[]).map(r=>r.name)}function es(t,e){let[,s,n]=e.split("/"),o=t?.[s]?.[Number(n)];return o?s==="nodes"?o.name??null:s==="edges"?o.from_node??null:j(t,"nodes").find(a=>a.subscriber===o.name||a.calculator===o.name||a.publishers?.includes(o.name))?.name??null:null}var zn=m.editor,ts=["subscriber","calculator","publisher","transformer","node"];function $o({components:t,onAdd:e,inputRef:s}){let[n,o]=b(""),r=n.toLowerCase(),a=t.filter(c=>`${c.type} ${c.name} ${c.summary}`.toLowerCase().includes(r)),l=a.slice().sort((c,u)=>ts.indexOf(c.kind)-ts.indexOf(u.kind))[0];return i`<div class="palette">
    <form onSubmit=${c=>{c.preventDefault(),n&&l&&e(l)}}><${Te} label=${zn.palette} value=${n} onInput=${o} inputRef=${s} kbd="A" /></form>
    ${ts.map(c=>{let u=a.filter(d=>d.kind===c).sort((d,p)=>Number(p.is_available)-Number(d.is_available));return u.length>0&&i`<section key=${c}><h3>${m.components.plurals[c]}</h3>
          <ul>${u.map(d=>i`<li key=${d.type}>
              <button
                class="palette-item ${d.is_available?"":"palette-item--missing"}"
                type="button"
                draggable="true"
                title=${d.is_available?d.summary:`${d.summary} (${m.components.missing})`}
                onDragStart=${p=>p.dataTransfer?.setData("application/x-dagd-component",`${d.kind} ${d.type}`)}
                onClick=${()=>e(d)}
              ><${y} name=${Fe(`${d.type} ${d.address??""}`)} small /><span class="truncate">${d.type}</span></button>
            </li>`)}</ul></section>`})}
    ${a.length===0&&i`<p class="muted">${m.components.none}</p>`}
  </div>`}var ut=m.editor;function jn(t){let e=[t.type].flat();return t.enum?"choice":e.includes("boolean")?"check":e.includes("array")&&(!t.items||[t.items.type].flat().includes("string"))?"list":e.includes("integer")||e.includes("number")?e.includes("string")?"text":"number":e.includes("string")?t["x-ui"]?.secret?"secret":"text":"json"}function Pn({name:t,schema:e,value:s,isRequired:n,problem:o,onChange:r}){let a=os(),[l,c]=b(null),[u,d]=b(""),p=jn(e),$=e.description??e["x-ui"]?.help,f=i`<code>${t}</code>`,g=n?void 0:m.common.optional,k=e.default===void 0||e.default===null?"":String(typeof e.default=="object"?JSON.stringify(e.default):e.default);if(p==="check")return i`<${De} label=${f} help=${$} checked=${s??e.default??!1} onInput=${r} />`;if(p==="choice")return i`<${ke}
      label=${f}
      help=${$}
      problem=${o}
      value=${s===void 0?"":String(s)}
      onInput=${S=>r(S===""?void 0:e.enum.find(h=>String(h)===S))}
      options=${[...n&&s!==void 0?[]:[{value:"",label:k?ut.byDefault(k):ut.notSet}],...e.enum.map(S=>({value:String(S),label:String(S)}))]}
    />`;let w=l??(s===void 0?"":p==="list"&&Array.isArray(s)?s.join(", "):typeof s=="object"?JSON.stringify(s,null,1):String(s)),M=S=>{if(c(S),d(""),S.trim()==="")r(void 0);else if(p==="list")r(S.split(",").map(h=>h.trim()).filter(Boolean));else if(p==="number")Number.isFinite(Number(S))?r(Number(S)):d(ut.noNumber);else if(p==="json")try{r(JSON.parse(S))}catch(h){d(String(h.message))}else r(S)},E={id:a,value:w,placeholder:k,spellcheck:!1,"aria-invalid":u||o?"true":void 0,"aria-describedby":`${a}-help`,onInput:S=>M(S.target.value),onBlur:()=>c(null)};return i`<${bt} label=${f} for=${a} optional=${g} help=${$??(p==="list"?ut.listHelp:"")} problem=${u||o}>
    ${p==="json"?i`<textarea class="input mono" rows=${Math.min(8,w.split(`
`).length+1)} ...${E}></textarea>`:i`<input class="input ${p==="list"?"mono":""}" type=${p==="secret"?"password":"text"} inputmode=${p==="number"?"decimal":void 0} autocomplete="off" ...${E} />`}
  <//>`}function ss({schema:t,value:e,problems:s={},onChange:n,skip:o=[]}){let r=new Set(t?.required??[]),a=Object.keys(t?.properties??{}).filter(p=>!o.includes(p)),l=p=>t.properties[p]["x-ui"]?.order??1e3,c=a.filter(p=>r.has(p)||e?.[p]!==void 0).sort((p,$)=>l(p)-l($)),u=a.filter(p=>!c.includes(p)).sort((p,$)=>l(p)-l($)),d=p=>i`<${Pn} key=${p} name=${p} schema=${t.properties[p]} value=${e?.[p]} isRequired=${r.has(p)} problem=${s[p]} onChange=${$=>n(p,$)} />`;return i`${c.map(d)}${u.length>0&&i`<details class="more-options"><summary>${ut.moreOptions(u.length)}</summary><div class="stack">${u.map(d)}</div></details>`}`}var G=m.editor,qn=/^(?=.*[A-Za-z])[A-Za-z0-9_]{1,1024}$/;function fo({label:t,value:e,taken:s,onRename:n}){let[o,r]=b(e),a=o===e?"":qn.test(o)?s.has(o)?G.nameTaken:"":G.badName;return i`<${$e} label=${t} value=${o} mono problem=${a} onInput=${r} />
    ${o!==e&&!a&&i`<button class="button button--small" type="button" onClick=${()=>n(o)}>${G.rename}</button>`}`}function Nt(t,e,s){s===void 0?delete t[e]:t[e]=s}function ho({draft:t,doc:e,node:s,edge:n,components:o,problems:r,onSelect:a}){let l=s&&j(e,"nodes").find(u=>u.name===s),c=n&&j(e,"edges").find(u=>`${u.from_node}_to_${u.to_node}`===n);return l?i`<${Bn} key=${s} draft=${t} doc=${e} node=${l} components=${o} problems=${r} onSelect=${a} />`:c?i`<${Fn} key=${n} draft=${t} doc=${e} edge=${c} onSelect=${a} />`:i`<${Rn} draft=${t} doc=${e} />`}function Rn({draft:t,doc:e}){let s=(o,r,a="",l="")=>i`<${$e}
    label=${r}
    value=${e[o]??""}
    placeholder=${a}
    help=${l}
    mono
    onInput=${c=>t.change(u=>Nt(u,o,c||void 0))}
  />`,n=j(structuredClone(e),"transformers");return i`<div class="pad stack">
    <h2>${G.dag}</h2>
    ${s("name",G.name)}
    <div class="field-row">${s("start_time",G.start,"09:00")}${s("end_time",G.end,"17:30")}${s("duration",G.duration,"8h")}</div>
    ${n.length>0&&i`<div class="field"><span class="field-label">${G.transformers}</span><ul class="stack stack--tight">${n.map(o=>i`<li class="mono">${o.name} <span class="muted">${o.type}</span></li>`)}</ul></div>`}
    <p class="muted">${G.selectHint}</p>
  </div>`}function Bn({draft:t,doc:e,node:s,components:n,problems:o,onSelect:r}){let a=j(e,"nodes").indexOf(s),l=co(e,s),c=l?uo(l.kind,l.part):s.type,u=n.find(h=>h.kind===(l?.kind??"node")&&(h.type===c||h.name===c)),d=new Set(j(e,"nodes").map(h=>h.name)),p=o.filter(h=>h.pointer.startsWith(`/nodes/${a}`)),$=l?j(e,l.area).indexOf(l.part):-1,f={};for(let h of o){let B=l&&new RegExp(`^/${l.area}/${$}/(?:config/)?([^/]+)`).exec(h.pointer);B&&(f[B[1]]=h.message)}let g=l&&l.part&&!l.part.config,k=l?g?l.part:l.part?.config:s.config,w=(h,B)=>t.change(R=>{let L=l?j(R,l.area)[$]:j(R,"nodes")[a];Nt(g?L:L.config??={},h,B)}),M=[...d].filter(h=>h!==s.name),E=j(e,"edges").filter(h=>h.to_node===s.name),S=j(e,"edges").filter(h=>h.from_node===s.name);return i`<div class="pad stack">
    <header class="row"><h2 class="truncate">${s.name}</h2><span class="tag">${s.type}</span><span class="spacer"></span>
      <button class="button button--small button--danger" type="button" onClick=${()=>{t.change(h=>Mt(h,s.name)),r(null)}}><${y} name="delete" small />${G.remove}</button></header>
    ${p.map(h=>i`<p class="note note--${h.severity==="error"?"failed":"warning"}">${h.message}</p>`)}
    <${fo} label=${G.name} value=${s.name} taken=${d} onRename=${h=>{t.change(B=>io(B,s.name,h)),r(h)}} />
    ${l?.part&&i`<section class="stack part-form"><h3>${G.kinds[l.kind]} <span class="muted">${c}</span></h3>
      ${u?.summary&&i`<p class="muted">${u.summary}</p>`}
      <${fo} label=${G.partName} value=${l.part.name} taken=${new Set(j(e,l.area).map(h=>h.name))} onRename=${h=>t.change(B=>lo(B,l.area,l.part.name,h))} />
      ${u?i`<${ss} schema=${u.schema} value=${k} problems=${f} onChange=${w} />`:i`<p class="muted">${G.noSchema}</p>`}
    </section>`}
    ${!l&&u&&Object.keys(u.schema?.properties??{}).length>0&&i`<section class="stack part-form"><h3>${G.config}</h3><${ss} schema=${u.schema} value=${k} onChange=${w} skip=${["subscriber","calculator","publishers"]} /></section>`}
    <section class="stack"><h3>${G.edges}</h3>
      <ul class="edge-list">
        ${E.map(h=>i`<li><span class="muted">${G.fromNode}</span> ${h.from_node}<button class="button button--quiet button--icon button--small" type="button" aria-label=${G.disconnect(h.from_node,s.name)} onClick=${()=>t.change(B=>Ye(B,h.from_node,s.name))}><${y} name="close" small /></button></li>`)}
        ${S.map(h=>i`<li><span class="muted">${G.toNode}</span> ${h.to_node}<button class="button button--quiet button--icon button--small" type="button" aria-label=${G.disconnect(s.name,h.to_node)} onClick=${()=>t.change(B=>Ye(B,s.name,h.to_node))}><${y} name="close" small /></button></li>`)}
      </ul>
      ${M.length>0&&i`<${ke}
        label=${G.connectTo}
        value=""
        onInput=${h=>h&&t.change(B=>ct(B,s.name,h))}
        options=${[{value:"",label:G.choose},...M.filter(h=>!S.some(B=>B.to_node===h)).map(h=>({value:h,label:h}))]}
      />`}
    </section>
  </div>`}function Fn({draft:t,doc:e,edge:s,onSelect:n}){let o=j(e,"edges").indexOf(s),r=[...j(structuredClone(e),"transformers").map(l=>l.name)],a=(l,c)=>t.change(u=>Nt(j(u,"edges")[o],l,c||void 0));return i`<div class="pad stack">
    <header class="row"><h2 class="truncate">${s.from_node} → ${s.to_node}</h2><span class="spacer"></span>
      <button class="button button--small button--danger" type="button" onClick=${()=>{t.change(l=>Ye(l,s.from_node,s.to_node)),n(null)}}><${y} name="delete" small />${G.remove}</button></header>
    <${ke} label=${G.transformer} value=${s.transformer??""} onInput=${l=>a("transformer",l)} options=${[{value:"",label:G.none},...r.map(l=>({value:l,label:l}))]} />
    <${$e} label=${i`<code>pname</code>`} value=${s.pname??""} mono help=${G.pnameHelp} optional=${m.common.optional} onInput=${l=>a("pname",l)} />
  </div>`}var ie=m.editor;function bo(t){V(()=>t.name?i`<${Hn} ...${t} />`:i`<${Wn} ...${t} />`)}function go({error:t}){return t?i`<div class="note note--failed" role="alert"><${Z} name="failed" tone="failed" />
    <div>${t.message}${(t.errors??[]).slice(0,5).map(e=>i`<br /><span class="mono">${e.pointer}</span> ${e.message}`)}</div></div>`:null}function Wn({draft:t,onSaved:e}){let[s,n]=b(!1),[o,r]=b(null),a=t.good.name??"",l=async()=>{try{let{body:c,etag:u}=await q("POST","/dags"+le({start:s}),{body:t.source.peek()});ce(),H(ie.created(c.name)),e(c.name,u)}catch(c){r(c)}};return i`<${me} title=${ie.createTitle(a)} onSubmit=${l} foot=${i`<span class="spacer"></span><button class="button" type="button" onClick=${ce}>${m.common.cancel}</button><button class="button button--primary" type="submit"><${y} name="check" />${ie.create}</button>`}>
    <${De} label=${m.clone.start} checked=${s} onInput=${n} />
    <${go} error=${o} />
  <//>`}function Hn({draft:t,name:e,onSaved:s}){let n=I(()=>de(O`/dags/${e}/plan`,t.source.peek()),[e]),[o,r]=b(null),a=async l=>{try{let c=await q("PUT",O`/dags/${e}`,{body:t.source.peek(),ifMatch:l});ce(),H(ie.saved(e)),s(e,c.etag)}catch(c){c instanceof ns&&c.status===412?V(()=>i`<${Gn} draft=${t} name=${e} onSaved=${s} />`):r(c)}};return i`<${me}
    wide
    title=${ie.saveTitle(e)}
    onSubmit=${()=>a(t.revision)}
    side=${i`<h3>${ie.means}</h3><${F} of=${n}>${l=>i`<${Jn} plan=${l} />`}<//>`}
    foot=${i`<span class="spacer"></span><button class="button" type="button" onClick=${ce}>${m.common.cancel}</button><button class="button button--primary" type="submit" disabled=${!!n.error}><${y} name="check" />${m.common.save}</button>`}
  >
    <${F} of=${n}>${l=>i`<${qe} source=${l.diff||" "} label=${ie.changes} />`}<//>
    <${go} error=${o} />
  <//>`}function Jn({plan:t}){let e=t.parts.filter(n=>n.action!=="keep"),s=t.parts.length-e.length;return i`<ul class="stack stack--tight plan">
    ${e.map(n=>i`<li><b>${n.name}</b> <span class="tag">${ie.plan[n.action]??n.action}</span><br /><span class="muted">${n.why}</span></li>`)}
    ${s>0&&i`<li class="muted">${ie.kept(s)}</li>`}
  </ul>`}function Gn({draft:t,name:e,onSaved:s}){let n=I(()=>q("GET",O`/dags/${e}`),[e]),o=t.base.peek(),r=()=>{t.settle(n.data?.text??"",n.data?.etag??""),ce()},a=async()=>{let l=await q("PUT",O`/dags/${e}`,{body:t.source.peek(),ifMatch:n.data?.etag}).catch(()=>null);if(!l){n.reload();return}ce(),H(ie.saved(e)),s(e,l.etag)};return i`<${me}
    wide
    title=${ie.conflictTitle(e)}
    note=${ie.conflictNote}
    side=${i`<h3>${ie.yours}</h3><${qe} source=${nt(o,t.source.peek())} label=${ie.yours} />`}
    foot=${i`<span class="spacer"></span><button class="button" type="button" onClick=${ce}>${ie.keepEditing}</button><button class="button" type="button" onClick=${r}>${ie.takeTheirs}</button><button class="button button--primary" type="button" onClick=${a}>${ie.saveOurs}</button>`}
  >
    <h3>${ie.theirs}</h3>
    <${F} of=${n}>${l=>i`<${qe} source=${nt(o,l.text)} label=${ie.theirs} />`}<//>
  <//>`}var X=m.editor,Kn=300,yo={name:"new_dag",subscribers:[],publishers:[],calculators:[],transformers:[],nodes:[],edges:[]};function wo({name:t}){let e=I(async()=>{let[s,n,o]=await Promise.all([t?q("GET",O`/dags/${t}`):Promise.resolve({text:Un(),etag:""}),D("/components"),t?D(O`/dags/${t}/layout`).catch(()=>({})):Promise.resolve({})]);return{definition:s,components:n.items,layout:o??{}}},[t]);return e.data?i`<${Vn} name=${t??null} ...${e.data} />`:i`<main id="main" class="page">${e.error?i`<${tt} error=${e.error} retry=${e.reload} />`:i`<${ht} lines=${10} />`}</main>`}function Un(){return(ne.value.query.get("from")==="upload"?JSON.parse(sessionStorage.getItem("dagd.upload")??"null"):null)?.text??We(yo)}function Vn({name:t,definition:e,components:s,layout:n}){let o=Se(()=>new wt(t??"*new*",e.text,{base:e.text,revision:e.etag}),[t]),[r,a]=b([]),[l,c]=b([]),[u,d]=b(null),[p,$]=b(!1),f=Y(null),g=Y(null),k=ne.value.query.get("view")??"graph",w=o.source.value,{doc:M,problem:E}=o.parsed.value,S=M===null,h=o.good,B=l.length===1?l[0]:null,R=r.filter(C=>C.severity!=="warning"&&C.severity!=="note"),L=C=>{d(null),c(C?[C]:[])};P(()=>(et.isDirty=()=>o.isDirty.peek(),et.ask=()=>confirm(X.leave),ne.value.query.get("from")==="upload"&&!t&&(o.base.value=We(yo)),()=>{et.isDirty=null,o.close()}),[o]),P(()=>{let C=new AbortController,U=setTimeout(async()=>{try{let W=await de("/validate",w,{signal:C.signal});a(W.problems),$(!0)}catch(W){let ae=W.errors;ae?.length?a(ae):C.signal.aborted||$(!1)}},Kn);return()=>{clearTimeout(U),C.abort()}},[w]);let x=()=>{if(!Pt.value){if(R.length){A(R[0]),jt(X.firstProblem,R[0].message);return}bo({draft:o,name:t,onSaved:(C,U)=>{o.settle(o.source.peek(),U),et.isDirty=null,pt(`/dags/${C}`)}})}},A=C=>{let U=es(h,C.pointer);U&&L(U),k!=="graph"&&f.current?.go(C.line,C.column)},N=C=>{let U="";S||(o.change(W=>{U=ao(W,C),U&&B&&C.kind!=="subscriber"&&ct(W,B,U)}),U?L(U):H(X.added(C.type)))},be=()=>{if(!S){if(u){let C=h.edges.find(U=>`${U.from_node}_to_${U.to_node}`===u);C&&o.change(U=>Ye(U,C.from_node,C.to_node))}else l.length&&o.change(C=>l.forEach(U=>Mt(C,U)));L(null)}};return P(()=>{let C=W=>{let ae=W.target.closest("input, textarea, select, .editor-text")!==null,ge=W.ctrlKey||W.metaKey;if(!Pt.value){if(ge&&W.key==="s")x();else{if(ae)return;if(ge&&W.key==="z"&&!W.shiftKey)o.undo();else if(ge&&(W.key==="y"||W.key==="z"&&W.shiftKey))o.redo();else if(ge&&W.key==="c"&&l.length&&!String(getSelection()))navigator.clipboard.writeText(JSON.stringify(po(h,l),null,2)).then(()=>H(m.common.copied));else if(ge&&W.key==="a")c(h.nodes.map(Dt=>Dt.name));else if(W.key==="Delete"||W.key==="Backspace")be();else if(W.key.toLowerCase()==="a"&&!ge)g.current?.focus();else return}W.preventDefault()}},U=W=>{if(!(W.target.closest?.("input, textarea, .editor-text")||S))try{let ae=JSON.parse(W.clipboardData?.getData("text")??""),ge=[];if(ae.dagd!=="nodes")return;o.change(Dt=>ge=mo(Dt,ae)),c(ge)}catch{jt(X.noNodes)}};return document.addEventListener("keydown",C),document.addEventListener("paste",U),()=>{document.removeEventListener("keydown",C),document.removeEventListener("paste",U)}}),i`<main id="main" class="editor">
    <header class="editor-head">
      <a class="crumb" href=${t?`/dags/${t}`:"/"}>${t??m.nav.dags}</a><span class="muted" aria-hidden="true">/</span>
      <h1 class="truncate">${t?X.title:X.newTitle}</h1>
      <span class="muted hide-phone">${o.isDirty.value?X.unsaved:X.same}</span>
      <span class="spacer"></span>
      <${Pe} label=${X.views} value=${k} onInput=${C=>re({view:C})} options=${["graph","json","both"].map(C=>({value:C,label:X.viewNames[C]}))} />
      <div class="button-row">
        <button class="button button--icon" type="button" aria-label=${X.undo} disabled=${o.steps.value>=0&&o.past.length===0} onClick=${()=>o.undo()}><${y} name="undo" /></button>
        <button class="button button--icon" type="button" aria-label=${X.redo} disabled=${o.steps.value>=0&&o.future.length===0} onClick=${()=>o.redo()}><${y} name="redo" /></button>
        <button class="button button--primary" type="button" disabled=${!o.isDirty.value&&t!==null} onClick=${x}><${y} name="check" />${m.common.save}</button>
      </div>
    </header>
    ${o.isRestored&&o.isDirty.value&&i`<div class="banner banner--waiting" role="status"><${Z} name="waiting" tone="waiting" />${o.isBehind?X.restoredOld:X.restored}<span class="spacer"></span><button class="button button--small" type="button" onClick=${()=>o.settle(e.text,e.etag)}>${X.throwAway}</button></div>`}
    <div class="editor-body editor-body--${k}">
      <${$o} components=${s} onAdd=${N} inputRef=${g} />
      <div class="editor-work">
        ${k!=="json"&&i`<${Xn} draft=${o} doc=${h} name=${t} layout=${n} problems=${r} components=${s} isFrozen=${S} frozenBy=${E} selected=${l} edge=${u} onSelect=${L} onSelectMany=${c} onSelectEdge=${C=>{c([]),d(C)}} onAdd=${N} />`}
        ${k!=="graph"&&i`<${Zn} draft=${o} problems=${r} code=${f} onSave=${x} />`}
      </div>
      <aside class="editor-side" aria-label=${X.properties}><${ho} draft=${o} doc=${h} node=${B} edge=${u} components=${s} problems=${r} onSelect=${L} /></aside>
    </div>
    <${Qn} problems=${r} isReady=${p} onOpen=${A} />
  </main>`}function Xn({draft:t,doc:e,name:s,layout:n,problems:o,components:r,isFrozen:a,frozenBy:l,selected:c,edge:u,onSelect:d,onSelectEdge:p,onAdd:$}){let f=Y(null),g=Y(null),k=Y({LR:{},TB:{},...n}),[w,M]=b(Tt()),[E,S]=b({zoom:1}),h=ne.value.query.get("view")==="both",B=Y({}),R=Se(()=>{let x=Cs(e),A=new Set(o.filter(N=>N.severity==="error").map(N=>es(e,N.pointer)));for(let N of x.nodes)N.mark=A.has(N.name)?"problem":"";return x},[e,o]);return B.current={onSelect:d,onSelectEdge:p,draft:t,direction:w,name:s},P(()=>{let x=()=>B.current,A=new Qe(f.current,{isEditor:!0,onSelect:N=>x().onSelect(N),onSelectEdge:N=>x().onSelectEdge(N),onConnect:(N,be)=>x().draft.change(C=>ct(C,N,be)),onMove:(N,be)=>{k.current[x().direction]={...k.current[x().direction],[N]:be},x().name&&to(x().name,k.current).catch(C=>ye(X.layoutNotKept,C))},onView:S});return g.current=A,()=>A.destroy()},[]),P(()=>M(h?"TB":Tt()),[h]),P(()=>{let x=!0,A=g.current;return Et(R.nodes,R.edges,w,A.size).then(({places:N})=>{x&&(A.draw(R,Xt(k.current,w,{...N}),w),A.select(c[0]??null))}),()=>{x=!1}},[R,w]),P(()=>{u?g.current?.selectEdge(u):g.current?.select(c[0]??null,{reveal:!0})},[c,u]),i`<div class="canvas ${a?"canvas--frozen":""}" onDragOver=${x=>x.preventDefault()} onDrop=${x=>{let[A,N]=(x.dataTransfer?.getData("application/x-dagd-component")??"").split(" "),be=r.find(C=>C.kind===A&&C.type===N);x.preventDefault(),be&&$(be)}}>
    <svg class="graph" ref=${f} role="group" aria-label=${m.graph.of(e.name??"")}></svg>
    ${a&&i`<p class="note note--warning frozen-note" role="status"><${Z} name="warning" tone="warning" />${X.frozen(l)}</p>`}
    ${R.nodes.length===0&&i`<p class="board-hint muted">${X.boardHint}</p>`}
    <${Zt} canvas=${g.current} zoom=${E.zoom} direction=${w} onTurn=${()=>M(w==="LR"?"TB":"LR")} />
  </div>`}function Zn({draft:t,problems:e,code:s,onSave:n}){let o=Y(null),[r,a]=b(!1),l=Y(n);return l.current=n,P(()=>{let c=!0;return import("./part-SME3P5AR.js").then(({makeCode:u})=>{!c||!o.current||(s.current=u(o.current,{source:t.source.peek(),label:X.json,onChange:d=>t.set(d,!0),onSave:()=>l.current(),onUndo:()=>t.undo(),onRedo:()=>t.redo()}),a(!0))}),()=>{c=!1,s.current?.destroy(),s.current=null}},[t]),P(()=>s.current?.set(t.source.value),[t.source.value,r]),P(()=>s.current?.mark(e),[e,r]),i`<div class="editor-text" ref=${o}></div>`}function Qn({problems:t,isReady:e,onOpen:s}){let n=t.filter(o=>o.severity!=="note");return i`<section class="problems" aria-label=${X.problems}>
    <header class="row"><h2>${X.problems}</h2><span class="count-pill ${n.length?"count-pill--failed":""}">${n.length}</span>${n.length===0&&e&&i`<span class="muted row"><${Z} name="done" tone="done" />${X.good}</span>`}</header>
    ${n.length>0&&i`<ul>
      ${n.map(o=>i`<li key=${`${o.pointer} ${o.code}`}><button type="button" onClick=${()=>s(o)}>
          <${Z} name=${o.severity==="warning"?"warning":"failed"} tone=${o.severity==="warning"?"warning":"failed"} /><span>${o.message}${o.suggestion&&i` <b>${X.suggestion(o.suggestion)}</b>`}</span>
          <span class="muted mono hide-phone">${o.pointer}</span><span class="muted">${X.line(o.line)}</span></button></li>`)}
    </ul>`}
  </section>`}var Lt=m.help;function vo(){let t=I(()=>D("/openapi.json"),[]);return i`<main id="main" class="page">
    <div class="page-head"><h1>${Lt.title}</h1></div>
    <section class="panel"><header class="panel-head"><h2>${Lt.keys}</h2></header>
      <div class="panel-body"><dl class="facts-list">${Lt.shortcuts.map(([e,s])=>i`<dt>${e.split(" ").map(n=>i`<kbd>${n}</kbd> `)}</dt><dd>${s}</dd>`)}</dl></div>
    </section>
    <section class="panel"><header class="panel-head"><h2>${Lt.api}</h2><span class="spacer"></span><a href="/api/v1/openapi.json" target="_blank" rel="noreferrer">openapi.json</a></header>
      <div class="panel-body"><${F} of=${t}>${e=>i`<${Yn} document=${e} />`}<//></div>
    </section>
  </main>`}function Yn({document:t}){let e=new Map;for(let[s,n]of Object.entries(t.paths))for(let[o,r]of Object.entries(n)){let a=r.tags?.[0]??"";e.set(a,[...e.get(a)??[],{route:s,method:o.toUpperCase(),summary:r.summary}])}return i`${[...e].map(([s,n])=>i`<h3 class="section-title">${s}</h3>
      <dl class="operations">${n.map(o=>i`<div><dt><span class="tag">${o.method}</span> <code>${o.route}</code></dt><dd>${o.summary}</dd></div>`)}</dl>`)}`}var K=m.server,er=["error","warning","info","debug"];function ko(){let t=I(()=>D("/server"),[]),e=Ce.value&&ls.value;return i`<main id="main" class="page">
    <div class="page-head"><h1>${K.title}</h1><span class="spacer"></span>${e&&i`<button class="button button--danger" type="button" onClick=${tr}><${y} name="stop" />${K.drain}</button>`}</div>
    <${F} of=${t}>
      ${s=>i`<div class="columns">
        <section class="panel">
          <header class="panel-head"><h2>${K.about}</h2><span class="spacer"></span>${s.is_well?i`<${Ae} tone="running" glyph="done">${K.well}<//>`:i`<${Ae} tone="failed">${K.unwell}<//>`}</header>
          <div class="panel-body"><dl class="facts-list">
            <dt>${K.version}</dt><dd>${s.version}</dd><dt>${K.build}</dt><dd>${s.build}</dd>
            <dt>${K.started}</dt><dd title=${ve(s.started)}>${_e(s.started)}</dd><dt>${K.uptime}</dt><dd>${Je(s.uptime_ms/1e3)}</dd>
            <dt>${K.role}</dt><dd>${s.role}</dd><dt>${K.threads}</dt><dd>${s.threads}</dd>
          </dl></div>
        </section>
        <section class="panel">
          <header class="panel-head"><h2>${K.parts}</h2></header>
          <div class="panel-body"><ul class="stack stack--tight">${s.parts.map(n=>i`<li class="row"><${Z} name=${n.is_well?"done":"failed"} tone=${n.is_well?"done":"failed"} /><b>${n.name}</b><span class="muted">${n.detail??""}</span></li>`)}</ul></div>
        </section>
        <section class="panel">
          <header class="panel-head"><h2>${K.limits}</h2></header>
          <div class="panel-body"><dl class="facts-list">${Object.entries(s.limits).map(([n,o])=>i`<dt>${n.replaceAll("_"," ")}</dt><dd>${/bytes|size/.test(n)?ds(o):Ne(o)}</dd>`)}</dl></div>
        </section>
      </div>`}
    <//>
    ${e&&i`<${sr} /><${or} />`}
  </main>`}function tr(){V(()=>i`<${je}
      title=${K.drain}
      detail=${K.drainDetail}
      action=${K.drain}
      word="drain"
      run=${async()=>{try{await q("POST","/server/drain"),H(K.draining)}catch(t){ye(K.notDrained,t)}}}
    />`)}function sr(){let t=I(()=>D("/log-levels"),[]),e=Y(null),s=Y(!0);P(()=>ft("log"),[]),P(()=>{s.current&&e.current&&(e.current.scrollTop=e.current.scrollHeight)},[$t.value]);let n=async o=>{try{t.setData((await q("PUT","/log-levels",{body:{level:o}})).body),H(K.levelIs(o))}catch(r){ye(K.levelNotSet,r)}};return i`<section class="panel">
    <header class="panel-head"><h2>${K.log}</h2><span class="spacer"></span>
      ${t.data&&i`<${Ke} auto label=${K.level} value=${t.data.level} onInput=${n} options=${er.map(o=>({value:o,label:`${K.level}: ${o}`}))} />`}
    </header>
    <div class="log" ref=${e} role="log" aria-label=${K.log} tabindex="0" onScroll=${o=>s.current=o.target.scrollHeight-o.target.scrollTop-o.target.clientHeight<8}>
      ${$t.value.length===0&&i`<p class="muted">${K.noLines}</p>`}
      ${$t.value.map(o=>i`<div class="log-line log-line--${o.level}"><time>${ze(o.time)}</time><span class="log-level">${o.level}</span><span>${[o.dag,o.component].filter(Boolean).join("/")} ${o.message}</span></div>`)}
    </div>
  </section>`}function or(){let t=I(()=>D("/config"),[]);return i`<section class="panel">
    <header class="panel-head"><h2>${K.settings}</h2></header>
    <div class="panel-body"><${F} of=${t}>${e=>i`<${ue} value=${e} label=${K.settings} />`}<//></div>
  </section>`}export{ws as account,xs as audit,_s as components,oo as dag,ro as deadLetters,wo as editor,vo as help,ko as server,gs as users};
