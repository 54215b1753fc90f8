import{$ as U,A as ut,Aa as $t,B as es,Ba as Qe,C as We,Ca as Ye,Da as $e,E as De,Ea as ft,F as xe,Fa as cs,G as ts,I as ss,Ja as Ge,O as os,P as ve,Q as L,R as Te,S as ns,T as Ne,U as Je,V as Se,W as Ie,X as be,Y as Nt,Z as m,_ as g,aa as rs,b,ba as Ce,c as M,ca as dt,d as oe,da as de,e as qe,ea as Ze,f as Xt,fa as A,g as at,ga as q,h as Tt,ha as B,i as ne,ia as Lt,j as Xe,ja as fe,k as it,ka as Dt,l as le,la as G,ma as ie,na as pe,o as a,oa as Me,p as Zt,pa as He,q as z,qa as as,r as E,ra as is,s as ue,sa as ls,t as x,ta as pt,u as ae,ua as me,v as lt,va as ge,w as Qt,wa as mt,x as Yt,xa as Le,y as ct,ya as ze,z as ke,za as we}from"./part-SNE63HNH.js";var v=m.users,us=["viewer","operator","admin"].map(s=>({value:s,label:s}));async function Re(s,e,t,n){try{await s(),B(e)}catch(o){fe(t,o)}n()}function ds(){let s=ne.value.query.get("q")??"",e=A(()=>E("/users"+ae({q:s,limit:500})),[s]),t=n=>[{label:v.edit,icon:"edit",run:()=>G(()=>a`<${co} user=${n} done=${e.reload} />`)},{label:v.reset,icon:"restart",run:()=>G(()=>a`<${uo} user=${n.name} />`)},{label:n.is_disabled?v.enable:v.disable,icon:n.is_disabled?"start":"stop",run:()=>Re(()=>z("PATCH",x`/users/${n.name}`,{body:{is_disabled:!n.is_disabled}}),n.is_disabled?v.enabled(n.name):v.disabled(n.name),v.notChanged,e.reload)},{label:v.signOutAll,icon:"sign_out",run:()=>Re(()=>z("DELETE",x`/users/${n.name}/login-sessions`),v.signedOut(n.name),v.notChanged,e.reload)},{label:v.tokens,icon:"code",run:()=>G(()=>a`<${po} user=${n.name} />`)},{label:v.remove,icon:"delete",danger:!0,line:!0,reason:n.name===We.value?.name?v.yourself:void 0,run:()=>G(()=>a`<${Me} title=${v.removeTitle(n.name)} detail=${v.removeDetail} action=${v.remove} word=${n.name} run=${()=>Re(()=>z("DELETE",x`/users/${n.name}`),v.removed(n.name),v.notChanged,e.reload)} />`)}];return a`<main id="main" class="page page--narrow">
    <div class="page-head"><h1>${v.title}</h1><span class="spacer"></span><button class="button button--primary" type="button" onClick=${()=>G(()=>a`<${lo} done=${e.reload} />`)}><${g} name="add" />${v.add}</button></div>
    <div class="filters"><${we} label=${v.filter} value=${s} onInput=${n=>le({q:n})} /></div>
    <section class="panel table-wrap">
      <${q} of=${e}>
        ${n=>n.items.length===0?a`<${de} title=${v.none} drawing=${a`<${g} name="users" />`} />`:a`<${$e}
                label=${v.title}
                items=${n.items}
                keyOf=${o=>o.name}
                columns=${[{key:"name",label:v.columns.name,bare:!0,cell:o=>a`<b>${o.name}</b>${o.name===We.value?.name?a` <span class="tag">${v.you}</span>`:""}`},{key:"role",label:v.columns.role,cell:o=>o.role},{key:"scope",label:v.columns.scope,cell:o=>a`<span class="mono">${o.scope||"*"}</span>`},{key:"login",label:v.columns.login,cell:o=>a`<span class="muted" title=${be(o.last_login)}>${o.last_login?Se(o.last_login):m.common.never}</span>`},{key:"tokens",label:v.columns.tokens,number:!0,cell:o=>o.token_count??0},{key:"state",label:v.columns.state,bare:!0,cell:o=>o.is_disabled?a`<${Ce} tone="stopped">${v.isDisabled}<//>`:a`<span class="muted">${v.isActive}</span>`},{key:"more",label:"",number:!0,bare:!0,cell:o=>a`<${Ye} label=${m.dashboard.moreActions(o.name)} icon="more" quiet small items=${t(o)} />`}]}
              />`}
      <//>
    </section>
  </main>`}function io({error:s}){return a`<div aria-live="assertive">${s&&a`<p class="note note--failed"><${U} name="failed" tone="failed" />${s.message}</p>`}</div>`}function Ke({title:s,action:e,send:t,good:n,done:o,children:r}){let[i,l]=b(null),[u,c]=b(!1);return a`<${pe} title=${s} onSubmit=${async()=>{c(!0);try{await t(),ie(),B(n),o?.()}catch(p){l(p)}c(!1)}} foot=${a`<span class="spacer"></span><button class="button" type="button" onClick=${ie}>${m.common.cancel}</button><button class="button button--primary" type="submit" disabled=${u}>${e}</button>`}>
    ${r}<${io} error=${i} />
  <//>`}function lo({done:s}){let[e,t]=b({name:"",password:"",role:"viewer",scope:""}),n=o=>t({...e,...o});return a`<${Ke} title=${v.add} action=${v.create} send=${()=>ue("/users",{name:e.name,password:e.password,role:e.role,...e.scope?{scope:e.scope}:{}})} good=${v.created(e.name)} done=${s}>
    <${me} label=${v.columns.name} value=${e.name} onInput=${o=>n({name:o})} />
    <${Ge} label=${m.login.password} value=${e.password} onInput=${o=>n({password:o})} autocomplete="new-password" help=${m.setup.rule} />
    <${ge} label=${v.columns.role} value=${e.role} onInput=${o=>n({role:o})} options=${us} help=${v.roles[e.role]} />
    <${me} label=${v.columns.scope} value=${e.scope} onInput=${o=>n({scope:o})} mono placeholder="trade_*, fx_rates" help=${v.scopeHelp} optional=${m.common.optional} />
  <//>`}function co({user:s,done:e}){let[t,n]=b(s.role),[o,r]=b(s.scope);return a`<${Ke} title=${v.editTitle(s.name)} action=${m.common.save} send=${()=>z("PATCH",x`/users/${s.name}`,{body:{role:t,scope:o}})} good=${v.changed(s.name)} done=${e}>
    <${ge} label=${v.columns.role} value=${t} onInput=${n} options=${us} help=${v.roles[t]} />
    <${me} label=${v.columns.scope} value=${o} onInput=${r} mono help=${v.scopeHelp} optional=${m.common.optional} />
  <//>`}function uo({user:s}){let[e,t]=b("");return a`<${Ke} title=${v.resetTitle(s)} action=${v.reset} send=${()=>z("PUT",x`/users/${s}/password`,{body:{password:e}})} good=${v.wasReset(s)}>
    <${Ge} label=${v.newPassword} value=${e} onInput=${t} autocomplete="new-password" help=${m.setup.rule} />
  <//>`}function po({user:s}){let e=A(()=>E(x`/users/${s}/tokens`),[s]);return a`<${pe} wide title=${v.tokensOf(s)}>
    <${q} of=${e}>${t=>a`<${It} items=${t.items} revoke=${n=>Re(()=>z("DELETE",x`/users/${s}/tokens/${n}`),v.revoked,v.notChanged,e.reload)} />`}<//>
  <//>`}function It({items:s,revoke:e}){return s.length===0?a`<p class="muted">${v.noTokens}</p>`:a`<${$e}
    label=${v.tokens}
    items=${s}
    keyOf=${t=>t.id}
    columns=${[{key:"name",label:v.columns.name,bare:!0,cell:t=>a`<b>${t.name}</b>`},{key:"role",label:v.columns.role,cell:t=>t.role},{key:"expires",label:v.columns.expires,cell:t=>be(t.expires)},{key:"used",label:v.columns.used,cell:t=>a`<span class="muted">${t.last_used?Se(t.last_used):m.common.never}</span>`},{key:"more",label:"",number:!0,bare:!0,cell:t=>a`<button class="button button--small button--danger" type="button" aria-label=${v.revokeOne(t.name)} onClick=${()=>e(t.id)}>${v.revoke}</button>`}]}
  />`}var Y=m.account,ps=["viewer","operator","admin"];function ms(){let s=A(()=>E("/me/tokens"),[]),e=A(()=>E("/me/login-sessions"),[]),t=We.value;return t?a`<main id="main" class="page page--narrow">
    <div class="page-head"><h1>${t.name}</h1><span class="tag">${t.role}</span><span class="tag mono">${t.scope||"*"}</span><span class="spacer"></span>
      <button class="button" type="button" onClick=${()=>G(()=>a`<${mo} />`)}><${g} name="edit" />${Y.password}</button></div>
    <section class="panel">
      <header class="panel-head"><h2>${Y.tokens}</h2><span class="spacer"></span><button class="button button--small" type="button" onClick=${()=>G(()=>a`<${$o} done=${s.reload} />`)}><${g} name="add" small />${Y.newToken}</button></header>
      <div class="panel-body"><${q} of=${s}>${n=>a`<${It} items=${n.items} revoke=${o=>Re(()=>z("DELETE",x`/me/tokens/${o}`),m.users.revoked,m.users.notChanged,s.reload)} />`}<//></div>
    </section>
    <section class="panel">
      <header class="panel-head"><h2>${Y.logins}</h2></header>
      <div class="panel-body"><${q} of=${e}>
        ${n=>a`<${$e}
          label=${Y.logins}
          items=${n.items}
          keyOf=${o=>o.id}
          columns=${[{key:"address",label:Y.address,bare:!0,cell:o=>a`<b>${o.address}</b>${o.is_current?a` <span class="tag">${Y.here}</span>`:""}`},{key:"since",label:Y.since,cell:o=>be(o.created)},{key:"used",label:Y.used,cell:o=>a`<span class="muted">${Se(o.last_used)}</span>`},{key:"more",label:"",number:!0,bare:!0,cell:o=>!o.is_current&&a`<button class="button button--small" type="button" onClick=${()=>Re(()=>z("DELETE",x`/me/login-sessions/${o.id}`),Y.ended,m.users.notChanged,e.reload)}>${Y.end}</button>`}]}
        />`}
      <//></div>
    </section>
  </main>`:null}function mo(){let[s,e]=b(""),[t,n]=b("");return a`<${Ke} title=${Y.password} action=${m.common.save} send=${()=>ss(s,t)} good=${Y.changed}>
    <${Ge} label=${Y.oldPassword} value=${s} onInput=${e} autocomplete="current-password" />
    <${Ge} label=${m.users.newPassword} value=${t} onInput=${n} autocomplete="new-password" help=${m.setup.rule} />
  <//>`}function $o({done:s}){let e=ps.indexOf(We.value?.role??"viewer"),[t,n]=b({name:"",role:"viewer",days:"90"});return a`<${Ke}
    title=${Y.newToken}
    action=${Y.create}
    good=${Y.created}
    done=${s}
    send=${async()=>{let o=await ue("/me/tokens",{name:t.name,role:t.role,days:Number(t.days)});setTimeout(()=>G(()=>a`<${fo} secret=${o.secret} />`),0)}}
  >
    <${me} label=${m.users.columns.name} value=${t.name} onInput=${o=>n({...t,name:o})} help=${Y.tokenName} />
    <${ge} label=${m.users.columns.role} value=${t.role} onInput=${o=>n({...t,role:o})} options=${ps.slice(0,e+1).map(o=>({value:o,label:o}))} />
    <${ge} label=${Y.days} value=${t.days} onInput=${o=>n({...t,days:o})} options=${["7","30","90","365"].map(o=>({value:o,label:Y.daysOf(o)}))} />
  <//>`}function fo({secret:s}){let e=async()=>{await navigator.clipboard.writeText(s),B(m.common.copied)};return a`<${pe} title=${Y.secretTitle} foot=${a`<span class="spacer"></span><button class="button button--primary" type="button" onClick=${ie}>${m.common.close}</button>`}>
    <p>${Y.secretNote}</p>
    <div class="row"><code class="code-well mono secret">${s}</code><button class="button" type="button" onClick=${e}><${g} name="copy" />${m.common.copy}</button></div>
  <//>`}var he=m.audit,$s=50,ho=["who","action","object","result","from","to"],fs=s=>s.result==="denied"||s.result==="failed";function hs(){let s=ne.value.query,e=Object.fromEntries(ho.map(u=>[u,s.get(u)??""])),[t,n]=b([null]),o=t.length-1,r=A(()=>E("/audit"+ae({...e,limit:$s,cursor:t[o]})),[JSON.stringify(e),t[o]]),i=u=>{n([null]),le(u)},l=u=>a`<${we} label=${he[u]} value=${e[u]} onInput=${c=>i({[u]:c})} />`;return a`<main id="main" class="page">
    <div class="page-head"><h1>${he.title}</h1><span class="spacer"></span><a class="button" href=${`/api/v1/audit/export${ae(e)}`} download="audit.jsonl"><${g} name="download" />${he.export}</a></div>
    <div class="filters">${l("who")}${l("action")}${l("object")}
      <${mt} auto label=${he.result} value=${e.result} onInput=${u=>i({result:u})} options=${[{value:"",label:he.anyResult},...["ok","denied","failed"].map(u=>({value:u,label:u}))]} /></div>
    <section class="panel table-wrap">
      <${q} of=${r} lines=${10}>
        ${u=>u.items.length===0?a`<${de} title=${he.none} drawing=${a`<${g} name="history" />`} />`:a`<${$e}
                  label=${he.title}
                  items=${u.items}
                  keyOf=${c=>String(c.number)}
                  columns=${[{key:"time",label:he.columns.time,cell:c=>a`<span class="muted">${be(c.time)}</span>`},{key:"who",label:he.columns.who,bare:!0,cell:c=>a`<b>${c.actor}</b>`},{key:"action",label:he.columns.action,cell:c=>c.action},{key:"object",label:he.columns.object,cell:c=>a`<span class="truncate" title=${c.object}>${c.object}</span>`},{key:"result",label:he.columns.result,cell:c=>a`<span class="row">${fs(c)&&a`<${U} name="failed" tone="failed" />`}<span class=${fs(c)?"text-failed":"muted"}>${c.result}</span></span>`},{key:"detail",label:he.columns.detail,cell:c=>a`<span class="truncate muted detail-text" title=${c.detail}>${c.revision_before||c.revision_after?`r${c.revision_before||0} → r${c.revision_after||0} `:""}${c.detail??""}</span>`},{key:"address",label:he.columns.address,cell:c=>a`<span class="muted">${c.address??""}</span>`}]}
                />
                <footer class="panel-foot"><${ft} total=${u.total} limit=${$s} page=${o} count=${u.items.length} hasNext=${!!u.next_cursor} onPage=${c=>n(c>o?[...t,u.next_cursor]:t.slice(0,c+1))} /></footer>`}
      <//>
    </section>
  </main>`}var bo=[[/metronome|timer|clock/i,"timer"],[/filter/i,"filter"],[/sum|addition|arith|multipl|calcul/i,"sigma"],[/merge|combine|join/i,"merge"],[/sql|postgres|mysql|sqlite|aerospike|redis/i,"database"],[/file/i,"file"],[/kafka|activemq|mem|queue|topic|channel|http/i,"queue"]];function Be(s){return bo.find(([e])=>e.test(s))?.[1]??"calculator"}function go(s){let e=/^([a-z0-9+.-]+):\/\/(.*)$/i.exec(s??"");if(!e)return s??"";let t=e[2].split("/").filter(Boolean).pop()??"";return t?`${e[1]} · ${t}`:e[1]}function bs(s,e,t){let n=s.publishers??[],o=/metronome/i.test(s.type),r=s.subscriber||o?"source":n.length>0&&!e?"sink":"calculator",i=s.subscriber?t("subscriber",s.subscriber):n.length?t("publisher",n[0]):"",l=s.calculator?t("calculator",s.calculator):"",u=r==="calculator"?l||s.type:i?go(i):s.type;return{name:s.name,type:s.type,kind:r,note:u,icon:o?"timer":Be(r==="calculator"?`${l} ${s.type}`:i),subscriber:s.subscriber??void 0,publishers:n,mark:""}}function gs(s){let e=s.edges.map(r=>({name:r.name,from:r.from_node,to:r.to_node})),t=new Set(e.map(r=>r.from)),n=(r,i)=>r==="subscriber"?s.subscribers[i]?.source:r==="publisher"?s.publishers[i]?.destination:s.calculators[i]?.type;return{nodes:Object.values(s.nodes).map(r=>bs(r,t.has(r.name),(i,l)=>n(i,l)??"")),edges:e}}function ys(s){let e=c=>Array.isArray(c)?c.filter(d=>d&&typeof d=="object"):[],t=new Set(e(s?.nodes).map(c=>c.name)),n=e(s?.edges).filter(c=>t.has(c.from_node)&&t.has(c.to_node)).map(c=>({name:`${c.from_node}_to_${c.to_node}`,from:c.from_node,to:c.to_node})),o=new Set(n.map(c=>c.from)),r=(c,d)=>e(s?.[c]).find(p=>p.name===d),i=(c,d)=>{let p=r(`${c}s`,d);return String((c==="subscriber"?p?.config?.source??p?.source:c==="publisher"?p?.config?.destination??p?.destination:p?.type)??"")},l=new Set,u=[];for(let c of e(s?.nodes))typeof c.name!="string"||!c.name||l.has(c.name)||(l.add(c.name),u.push(bs({name:c.name,type:String(c.type??c.config?.type??"CalculationNode"),subscriber:c.subscriber??c.config?.subscriber,calculator:c.calculator??c.config?.calculator,publishers:yo(c.publishers??c.config?.publishers)},o.has(c.name),i)));return{nodes:u,edges:n}}function yo(s){return Array.isArray(s)?s.filter(e=>typeof e=="string"):typeof s=="string"?[s]:[]}var vo=/("(?:[^"\\]|\\.)*")(\s*:)?|(-?\d[\d.eE+-]*|true|false|null)|([{}[\],])/g;function Mt(s,e=2e4){if(s.length>e)return s;let t=[],n=0;for(let o of s.matchAll(vo))o.index>n&&t.push(s.slice(n,o.index)),o[1]!==void 0?(t.push(a`<span class=${o[2]?"j-key":"j-str"}>${o[1]}</span>`),o[2]&&t.push(o[2])):o[3]!==void 0?t.push(a`<span class="j-num">${o[3]}</span>`):t.push(a`<span class="j-pun">${o[4]}</span>`),n=o.index+o[0].length;return t.push(s.slice(n)),t}function ce({value:s,source:e,label:t}){let n=e??JSON.stringify(s,null,2)??"";return a`<pre class="code-well" tabindex="0" role="region" aria-label=${t}><code>${Mt(n)}</code></pre>`}var Ee=m.components,wo=["subscriber","publisher","calculator","transformer","node"];function ko(s,e){let t=s.properties[e],n=t.enum?t.enum.map(o=>JSON.stringify(o)).join(" | "):[t.type].flat().join(" or ")||"any";return t.type==="array"&&t.items?.type?`list of ${t.items.type}`:n}function xo({component:s}){let e=Object.keys(s.schema?.properties??{}),t=new Set(s.schema?.required??[]),n=JSON.stringify(s.example,null,2),o=async()=>{await navigator.clipboard.writeText(n),B(m.common.copied)};return a`<article class="panel component" id=${`${s.kind}-${s.type}`}>
    <header class="panel-head">
      <${g} name=${Be(`${s.type} ${s.address??""}`)} /><h2 class="mono">${s.type}</h2><span class="tag">${Ee.kinds[s.kind]}</span>
      ${!s.is_available&&a`<${Ce} tone="warning">${Ee.missing}<//>`}
    </header>
    <div class="panel-body stack">
      <p>${s.summary}${s.address&&a` <code>${s.address}</code>`}</p>
      ${e.length>0&&a`<dl class="option-table">
        ${e.map(r=>a`<div><dt><code>${r}</code>${t.has(r)&&a` <span class="tag">${Ee.required}</span>`}</dt><dd><span class="muted">${ko(s.schema,r)}${s.schema.properties[r].default!==void 0?`, ${JSON.stringify(s.schema.properties[r].default)}`:""}</span> ${s.schema.properties[r].description??""}</dd></div>`)}
      </dl>`}
      ${s.example&&a`<details><summary>${Ee.example}</summary><${ce} source=${n} label=${Ee.example} /><div class="button-row"><button class="button button--small" type="button" onClick=${o}><${g} name="copy" small />${m.common.copy}</button></div></details>`}
    </div>
  </article>`}function vs(){let s=A(()=>E("/components"),[]),e=ne.value.query.get("kind")??"",t=ne.value.query.get("q")??"";return a`<main id="main" class="page">
    <div class="page-head"><h1>${Ee.title}</h1></div>
    <div class="filters">
      <${ze} label=${Ee.kind} value=${e} onInput=${n=>le({kind:n})} options=${[{value:"",label:m.dashboard.all},...wo.map(n=>({value:n,label:Ee.plurals[n]}))]} />
      <${we} label=${Ee.filter} value=${t} onInput=${n=>le({q:n})} />
    </div>
    <${q} of=${s} lines=${8}>
      ${n=>{let o=n.items.filter(r=>(!e||r.kind===e)&&`${r.type} ${r.name} ${r.summary}`.toLowerCase().includes(t.toLowerCase()));return o.length?a`<div class="component-grid">${o.map(r=>a`<${xo} key=${`${r.kind} ${r.type}`} component=${r} />`)}</div>`:a`<section class="panel"><${de} title=${Ee.none} /></section>`}}
    <//>
  </main>`}var So=200,Co=2e3,_o=800;function Fe(s){return`${JSON.stringify(s,null,2)}
`}function zt(s){try{let e=JSON.parse(s);return e&&typeof e=="object"&&!Array.isArray(e)?{doc:e,problem:""}:{doc:null,problem:"not an object"}}catch(e){return{doc:null,problem:String(e.message)}}}var ht=class s{constructor(e,t,n){let o=s.kept(e);this.key=`dagd.draft.${e}`,this.base=at(t),this.revision=n.revision,this.source=at(o?.source??t),this.isRestored=o!==null&&o.source!==t,this.isBehind=this.isRestored&&o.revision!==n.revision,this.past=[],this.future=[],this.steps=at(0),this.lastStep=0,this.good=zt(this.source.value).doc??zt(t).doc??{},this.parsed=Tt(()=>{let r=zt(this.source.value);return r.doc&&(this.good=r.doc),r}),this.isDirty=Tt(()=>this.source.value!==this.base.value),this.timer=setInterval(()=>this.keep(),Co)}static kept(e){try{return JSON.parse(localStorage.getItem(`dagd.draft.${e}`)??"null")}catch{return null}}close(){clearInterval(this.timer),this.keep()}keep(){try{this.isDirty.peek()?localStorage.setItem(this.key,JSON.stringify({source:this.source.peek(),revision:this.revision})):localStorage.removeItem(this.key)}catch{}}set(e,t=!1){if(e===this.source.peek())return;let n=Date.now();(!t||n-this.lastStep>_o||this.past.length===0)&&(this.past=[...this.past,this.source.peek()].slice(-So)),this.lastStep=n,this.future=[],this.source.value=e,this.steps.value++}change(e){let t=structuredClone(this.good);e(t),this.set(Fe(t))}undo(){let e=this.past.pop();e!==void 0&&(this.future.push(this.source.peek()),this.source.value=e,this.steps.value++)}redo(){let e=this.future.pop();e!==void 0&&(this.past.push(this.source.peek()),this.source.value=e,this.steps.value++)}settle(e,t){this.base.value=e,this.source.value=e,this.revision=t,this.isRestored=this.isBehind=!1,this.keep()}};function Oo(s,e){let t=e.length+1,n=new Uint32Array((s.length+1)*t),o=[];for(let r=s.length-1;r>=0;r--)for(let i=e.length-1;i>=0;i--)n[r*t+i]=s[r]===e[i]?n[(r+1)*t+i+1]+1:Math.max(n[(r+1)*t+i],n[r*t+i+1]);for(let r=0,i=0;r<s.length&&i<e.length;)s[r]===e[i]?o.push([r++,i++]):n[(r+1)*t+i]>=n[r*t+i+1]?r++:i++;return o}function et(s,e){let t=s.replace(/\n$/,"").split(`
`),n=e.replace(/\n$/,"").split(`
`),o=0,r=0;for(;o<t.length&&o<n.length&&t[o]===n[o];)o++;for(;r<t.length-o&&r<n.length-o&&t[t.length-1-r]===n[n.length-1-r];)r++;let[i,l]=[t.slice(o,t.length-r),n.slice(o,n.length-r)];if(i.length===0&&l.length===0)return"";let u=i.length+l.length>3e3?[]:Oo(i,l),c=t.slice(Math.max(0,o-3),o).map($=>` ${$}`),[d,p]=[0,0];for(let[$,h]of[...u,[i.length,l.length]]){for(;d<$;)c.push(`-${i[d++]}`);for(;p<h;)c.push(`+${l[p++]}`);$<i.length&&c.push(` ${i[$]}`),d=$+1,p=h+1}return c.push(...t.slice(t.length-r,t.length-r+3).map($=>` ${$}`)),`@@ -${Math.max(1,o-3+1)} +${Math.max(1,o-3+1)} @@
${c.join(`
`)}
`}function je({source:s,label:e}){let t=s.replace(/\n$/,"").split(`
`);return a`<pre class="code-well code-well--plain diff" tabindex="0" role="region" aria-label=${e}>${t.map(n=>{let o=n.startsWith("@@")?"place":n.startsWith("+")?"add":n.startsWith("-")?"cut":"";return a`<span class="diff-line ${o?`diff-line--${o}`:""}">${n||" "}</span>`})}</pre>`}var ee=m.clone;function jt(s){G(()=>a`<${To} dag=${s} />`)}function Eo(s){try{return JSON.parse(s)}catch{return s}}async function Ao(s,e){let[t,n]=await Promise.all([z("GET",x`/dags/${s}`),ue(x`/dags/${s}/clone`+"?dry_run=1",e)]),{runs:o}=await ue("/validate",n.definition);return{name:n.name,runs:o,diff:et(Fe(bt(JSON.parse(t.text))),Fe(bt(n.definition)))}}var ws=s=>/^\d\d:?\d\d$/.test(s);function bt(s){return Array.isArray(s)?s.map(bt):!s||typeof s!="object"?s:Object.fromEntries(Object.keys(s).sort().map(e=>[e,bt(s[e])]))}function To({dag:s}){let[e,t]=b(""),[n,o]=b(s.start_time?"same":"always"),[r,i]=b(s.start_time??""),[l,u]=b(s.end_time??""),[c,d]=b(s.duration??""),[p,$]=b([{key:"",value:""}]),[h,y]=b(!1),[S,I]=b(null),[C,k]=b(null),w=()=>({...e?{name:e}:{},...n==="window"?{start_time:r,...c?{duration:c}:{end_time:l}}:{},overrides:Object.fromEntries(p.filter(N=>N.key&&N.value).map(N=>[N.key,Eo(N.value)])),start:h}),f=JSON.stringify(w());M(()=>{let N=setTimeout(()=>{n==="window"&&(!ws(r)||!c&&!ws(l))||Ao(s.name,JSON.parse(f)).then(P=>{I(P),k(null)},k)},400);return()=>clearTimeout(N)},[f]);let R=async()=>{try{let N=await ue(x`/dags/${s.name}/clone`,w());ie(),B(ee.done(N.name),"",{label:m.common.open,run:()=>it(`/dags/${N.name}`)})}catch(N){k(N)}},j=(N,P)=>{let Z=p.map((H,Oe)=>Oe===N?{...H,...P}:H);Z[Z.length-1].key&&Z.push({key:"",value:""}),$(Z)};return a`<${pe}
    wide
    title=${ee.title(s.name)}
    note=${ee.note}
    onSubmit=${R}
    side=${a`<h3>${ee.name}</h3><p class="strong mono">${S?.name??""}</p>
      <h3>${ee.runs}</h3>
      ${S?.runs&&!S.runs.is_always?a`<ul class="stack stack--tight">${S.runs.items.map(N=>a`<li>${Nt(N.start)}${N.end?` – ${Nt(N.end)}`:""}</li>`)}</ul>`:a`<p class="muted">${S?.runs?m.common.always:ee.noRuns}</p>`}
      ${S?.diff&&a`<h3>${ee.changes}</h3><${je} source=${S.diff} label=${ee.changes} />`}`}
    foot=${a`<${Le} label=${ee.start} checked=${h} onInput=${y} /><span class="spacer"></span>
      <button class="button" type="button" onClick=${ie}>${m.common.cancel}</button>
      <button class="button button--primary" type="submit" disabled=${!!C}><${g} name="clone" />${m.actions.clone}</button>`}
  >
    <${me} label=${ee.name} value=${e} onInput=${t} mono placeholder=${S?.name??""} help=${ee.nameHelp} optional=${m.common.optional} />
    <div class="field">
      <span class="field-label">${ee.window}</span>
      <${ze} label=${ee.window} value=${n} onInput=${o} options=${[s.start_time?{value:"same",label:ee.same}:{value:"always",label:m.common.always},{value:"window",label:ee.daily}]} />
    </div>
    ${n==="window"&&a`<div class="field-row">
      <${me} label=${ee.from} value=${r} onInput=${i} placeholder="17:00" inputMode="numeric" />
      <${me} label=${ee.to} value=${l} onInput=${u} placeholder="19:30" inputMode="numeric" disabled=${!!c} />
      <${me} label=${ee.duration} value=${c} onInput=${d} placeholder="2h30m" />
    </div>`}
    <fieldset class="field">
      <legend>${ee.overrides}</legend>
      ${p.map((N,P)=>a`<div class="override" key=${P}>
          <input class="input mono" aria-label=${ee.key} placeholder="orders.source" value=${N.key} spellcheck="false" onInput=${Z=>j(P,{key:Z.target.value})} />
          <input class="input mono" aria-label=${ee.value} placeholder="mem://queue/other" value=${N.value} spellcheck="false" onInput=${Z=>j(P,{value:Z.target.value})} />
          <button class="button button--quiet button--icon" type="button" aria-label=${ee.removeOverride} disabled=${p.length===1} onClick=${()=>$(p.filter((Z,H)=>H!==P))}><${g} name="close" small /></button>
        </div>`)}
    </fieldset>
    ${C&&a`<div class="note note--failed" role="alert"><${U} name="failed" tone="failed" /><div>${C.message}${(C.errors??[]).map(N=>a`<br /><span class="mono">${N.pointer}</span> ${N.message}`)}</div></div>`}
  <//>`}var No={in:"--series-rate",out:"--series-latency",errors:"--series-error",queue:"--series-queue"},Lo={queue:[5,3]};function gt(s){return getComputedStyle(document.documentElement).getPropertyValue(s).trim()}function Do(s,e){let t=Date.parse(s.from)/1e3,n=s.step_ms/1e3;return[s[e[0]].map((o,r)=>t+r*n),...e.map(o=>s[o])]}function Io(s,e,t){let n={stroke:gt("--chart-axis"),font:`11px ${gt("--font-ui")}`,grid:{stroke:gt("--chart-grid"),width:1},ticks:{show:!1}};return{width:e,height:t,cursor:{drag:{x:!1,y:!1},points:{size:6}},legend:{show:!1},padding:[8,4,0,0],axes:[{...n,size:24,grid:{show:!1},values:(o,r)=>r.map(i=>Ie(i*1e3).slice(0,5))},{...n,size:42,values:(o,r)=>r.map(i=>L(i))}],scales:{y:{range:(o,r,i)=>[0,Math.max(1,i*1.1)]}},series:[{},...s.map((o,r)=>{let i=gt(No[o]);return{label:o,stroke:i,width:1.75,dash:Lo[o],fill:r===0&&s.length===1?`${i}1a`:void 0,points:{show:!1},spanGaps:!1}})]}}function yt({url:s,lines:e,every:t,height:n,label:o}){let r=oe(null),i=oe(null),[l,u]=b(""),[c,d]=b(null),p=s(0);M(()=>{let h=!0,y=null,S=async()=>{try{let[{default:C},k]=await Promise.all([import("./part-IALFXYPO.js"),E(s(Date.now()))]),w=r.current;if(!h||!w)return;let f=Do(k,e);i.current?i.current.setData(f):i.current=new C(Io(e,w.clientWidth,n),f,w),u(""),d(k)}catch(C){h&&u(String(C?.message??C))}h&&(y=setTimeout(S,t))},I=new ResizeObserver(()=>r.current&&i.current?.setSize({width:r.current.clientWidth,height:n}));return S(),r.current&&I.observe(r.current),()=>{h=!1,clearTimeout(y),I.disconnect(),i.current?.destroy(),i.current=null}},[p,os.value]);let $=c?.[e[0]]?.filter(h=>h!==null).at(-1);return a`<div class="chart" role="img" aria-label=${m.chart.label(o,L($))} ref=${r}></div>${l&&a`<p class="muted">${l}</p>`}`}var te=m.publish;function vt(s,e){G(()=>a`<${xs} name=${s} first=${e??""} isStep=${!1} />`)}function ks(s){G(()=>a`<${xs} name=${s} first="" isStep=${!0} />`)}function Pt(s){try{return JSON.parse(s),""}catch(e){return String(e.message)}}function xs({name:s,first:e,isStep:t}){let n=A(()=>E(x`/dags/${s}/details`),[s]),o=Object.values(n.data?.subscribers??{}),[r,i]=b(e),[l,u]=b("{}"),[c,d]=b(!1),[p,$]=b(!1),[h,y]=b(null),[S,I]=b(null),[C,k]=b(!1),w=o.find(j=>j.name===r)??o[0],f=c?l.split(`
`).map((j,N)=>j.trim()&&Pt(j)?te.line(N+1,Pt(j)):"").find(Boolean):Pt(l);M(()=>I(null),[l,r,c]);let R=async()=>{if(!(!w||f)){k(!0),I(null);try{y(t?await ue(x`/dags/${s}/step`+ae({subscriber:w.name}),l):(await z("POST",x`/dags/${s}/subscribers/${w.name}/messages`+ae({inject:p||!w.is_publishable}),{body:c?`${l.trim()}
`:l,type:c?"application/x-ndjson":"application/json"})).body)}catch(j){I(j)}k(!1)}};return a`<${pe}
    wide
    title=${t?te.stepTitle:te.title}
    note=${t?te.stepNote:s}
    onSubmit=${R}
    side=${a`<h3>${te.result}</h3>${S?a`<p class="note note--failed"><${U} name="failed" tone="failed" />${S.message}</p>`:h?t?a`<${Mo} result=${h} />`:a`<p class="note"><${U} name="done" tone="done" />${te.accepted(h.accepted,h.is_safe)}${h.sequence?` · ${te.sequence(Te(h.sequence))}`:""}</p>`:a`<p class="muted">${t?te.stepHelp:te.help}</p>`}`}
    foot=${a`<span class="spacer"></span><button class="button" type="button" onClick=${ie}>${m.common.close}</button>
      <button class="button button--primary" type="submit" disabled=${C||!w||!!f}><${g} name=${t?"step":"publish"} />${t?te.step:te.submit}</button>`}
  >
    <${ge} label=${te.to} value=${w?.name??""} onInput=${i} options=${o.map(j=>({value:j.name,label:j.source?`${j.name} · ${j.source}`:j.name}))} />
    <${pt} label=${te.message} for="message" problem=${f} help=${c?te.linesHelp:""}>
      <textarea id="message" class="input mono" rows="10" spellcheck="false" value=${l} aria-invalid=${f?"true":void 0} aria-describedby="message-help" onInput=${j=>u(j.target.value)}></textarea>
    <//>
    ${!t&&a`<${Le} label=${te.lines} checked=${c} onInput=${d} />
      <${Le} label=${te.inject} help=${w&&!w.is_publishable?te.injectOnly:te.injectHelp} checked=${p||w&&!w.is_publishable} disabled=${w&&!w.is_publishable} onInput=${$} />`}
  <//>`}function Mo({result:s}){return a`<ol class="steps">
    ${s.nodes.filter(e=>e.woken).map(e=>a`<li><h3>${e.name} <span class="muted">${e.type}</span></h3>${e.error?a`<p class="note note--failed">${e.error}</p>`:a`<${ce} value=${e.output} label=${e.name} />`}</li>`)}
    ${s.publishers.map(e=>a`<li><h3>${te.wouldGet(e.name)}</h3>${e.messages.length?e.messages.map(t=>a`<${ce} value=${t} label=${e.name} />`):a`<p class="muted">${te.nothing}</p>`}</li>`)}
    ${s.dead_letters.map(e=>a`<li><h3 class="text-failed">${te.letter}</h3><${ce} value=${e} label=${te.letter} /></li>`)}
  </ol>`}var _=m.drawer,Ss={"5m":300,"1h":3600,"24h":86400},zo=200;function jo(s){let e=new Map;for(let t of s){let n=t.error.replace(/\d+/g,"#"),o=e.get(n);o?(o.count++,o.last=t):e.set(n,{error:t.error,code:t.code,count:1,first:t,last:t})}return[...e.values()].reverse()}function Po(s,e){let[t,n]=[Ne(s),Ne(e)];return t===n?n:`${t} / ${n}`}function qt({items:s}){let e=jo(s);return e.length===0?a`<${de} title=${_.noErrors} />`:e.map(t=>a`<details class="error-group" key=${t.error}>
      <summary><span class="count-pill count-pill--failed">${t.count}</span><code>${t.last.error}</code><${g} name="down" small /></summary>
      <p class="error-times">${_.times(Ie(t.first.time),Ie(t.last.time),Te(t.first.cycle),Te(t.last.cycle))}</p>
      ${t.last.input&&a`<h4 class="muted">${_.inputOfLast}</h4><${ce} source=${Cs(t.last.input)} label=${_.inputOfLast} />`}
    </details>`)}function Cs(s){try{return JSON.stringify(JSON.parse(s),null,2)}catch{return s}}function _s({dag:s,node:e,onClose:t,reload:n}){let r=ke(s.name).value?.nodes.get(e.name),[i,l]=b("errors"),[u,c]=b("5m"),[d,p]=b(""),$=A(()=>E(x`/dags/${s.name}/nodes/${e.name}`),[s.name,e.name,Math.floor(Qt.value/5e3)]),h=r?.[2]??Number(e.error_count),y=$.data??e;M(()=>{let k=w=>w.key==="Escape"&&!document.querySelector('dialog[open], [role="menu"]')&&t();return document.addEventListener("keydown",k),()=>document.removeEventListener("keydown",k)},[]);let S=async()=>{try{await z("DELETE",x`/dags/${s.name}/nodes/${e.name}/errors`),B(_.cleared(e.name)),$.reload(),n()}catch(k){fe(_.notCleared,k)}},I=(k,w,f="")=>a`<div><dt>${k}</dt><dd class="value">${w}${f&&a` <small>${f}</small>`}</dd></div>`,C=e.subscriber?s.subscribers[e.subscriber]?.source:e.publishers[0]?s.publishers[e.publishers[0]]?.destination:e.calculator?s.calculators[e.calculator]?.type:"";return a`<aside class="drawer" aria-label=${_.of(e.name)}>
    <header class="drawer-head">
      <span class="kind-tile ${h>0?"kind-tile--failed":""}"><${g} name=${Be(`${C??""} ${e.type}`)} /></span>
      <div><h2 class="truncate" title=${e.name}>${e.name}</h2><p class="truncate" title=${C??""}>${e.type}${C?` · ${C}`:""}</p></div>
      ${h>0&&a`<${Ce} tone="failed">${_.failing}<//>`}
      <button class="button button--quiet button--icon" type="button" aria-label=${m.common.close} onClick=${t}><${g} name="close" /></button>
    </header>
    <div class="drawer-actions">
      ${De.value&&a`<button class="button button--small" type="button" aria-pressed=${d==="in"} onClick=${()=>p(d==="in"?"":"in")}><${g} name="tap" small />${_.tapIn}</button>
        <button class="button button--small" type="button" aria-pressed=${d==="out"} onClick=${()=>p(d==="out"?"":"out")}><${g} name="tap" small />${_.tapOut}</button>
        ${e.subscriber&&a`<button class="button button--small" type="button" onClick=${()=>vt(s.name,e.subscriber)}><${g} name="publish" small />${_.publish}</button>`}
        ${h>0&&a`<button class="button button--small" type="button" onClick=${S}><${g} name="check" small />${_.clear}</button>`}`}
    </div>
    <dl class="facts-grid">
      ${I(_.rate,L(r?.[3]),"/s")}
      ${I(_.queue,L(r?.[4]??e.queue_depth),r?.[5]?_.ofMax(L(r[5])):"")}
      ${I(_.errors,a`<span class=${h>0?"text-failed":""}>${L(h)}</span>`)}
      ${I("p50 / p99",r&&r[7]!==null?Po(r[6],r[7]):ve,"ms")}
      ${I(_.calls,L(r?.[1]??e.compute_count))}
      ${I(_.lastMessage,Se(y.last_compute))}
    </dl>
    <section class="chart-block">
      <div class="chart-head">
        <span class="key"><svg class="key-line" aria-hidden="true"><path d="M0 4H16" stroke="var(--series-rate)" stroke-width="2" /></svg>${_.rate} /s</span>
        <span class="spacer"></span>
        <div class="segmented segmented--small" role="group" aria-label=${_.span}>
          ${Object.keys(Ss).map(k=>a`<button type="button" aria-pressed=${k===u} onClick=${()=>c(k)}>${k}</button>`)}
        </div>
      </div>
      <${yt} url=${k=>x`/dags/${s.name}/metrics`+ae({from:new Date(k-Ss[u]*1e3).toISOString(),to:new Date(k).toISOString(),node:e.name})} lines=${["in"]} every=${u==="5m"?2e3:15e3} height=${120} label=${_.chart(e.name)} />
    </section>
    <div class="tabs" role="tablist" aria-label=${_.views}>
      ${["errors","messages","settings"].map(k=>a`<button type="button" role="tab" aria-selected=${k===i} onClick=${()=>l(k)}>${_.tabs[k]}${k==="errors"&&h>0&&a`<span class="count-pill count-pill--failed">${L(h)}</span>`}</button>`)}
    </div>
    <div class="drawer-body" role="tabpanel" tabindex="0" aria-label=${_.tabs[i]}>
      <${q} of=${$}>
        ${k=>i==="errors"?a`<${qt} items=${k.errors} />`:i==="settings"?a`<div class="pad stack"><${Ro} dag=${s} node=${k} /></div>`:a`<div class="pad stack"><${qo} node=${k} /></div>`}
      <//>
    </div>
    ${d?a`<${Bo} key=${d} dag=${s.name} node=${e.name} side=${d} onEnd=${()=>p("")} />`:a`<div></div>`}
  </aside>`}function qo({node:s}){return a`<div><h3>${_.input}</h3><${ce} value=${s.input} label=${_.input} />${s.input_truncated&&a`<p class="muted">${_.truncated}</p>`}</div>
    <div><h3>${_.output}</h3><${ce} value=${s.output} label=${_.output} />${s.output_truncated&&a`<p class="muted">${_.truncated}</p>`}</div>`}function Ro({dag:s,node:e}){let t=[e.subscriber&&[_.subscriber(e.subscriber),s.subscribers[e.subscriber]?.config],e.calculator&&[_.calculator(e.calculator),s.calculators[e.calculator]?.config],...e.publishers.map(n=>[_.publisher(n),s.publishers[n]?.config]),[_.node,e.config]].filter(n=>n&&n[1]&&Object.keys(n[1]).length>0);return a`<dl class="facts-list">
      <dt>${_.before}</dt><dd>${e.dependencies.join(", ")||ve}</dd>
      <dt>${_.transformers}</dt><dd>${[...e.input_transformers,...e.output_transformers].join(", ")||ve}</dd>
    </dl>
    ${t.map(n=>a`<div><h3>${n[0]}</h3><${ce} value=${n[1]} label=${n[0]} /></div>`)}`}function Bo({dag:s,node:e,side:t,onEnd:n}){let[o,r]=b([]),[i,l]=b(""),[u,c]=b(!1),[d,p]=b("");return M(()=>{if(u)return;let $=new EventSource(`/api/v1${x`/dags/${s}/nodes/${e}/tap`}${ae({side:t,rate:10,max:500})}`),h=0;return $.onmessage=y=>r(S=>[{...JSON.parse(y.data),id:`tap-${h++}`},...S].slice(0,zo)),$.addEventListener("bye",()=>{$.close(),l(_.tapEnded)}),$.onerror=()=>{$.readyState===EventSource.CLOSED&&l(_.tapRefused)},()=>$.close()},[u]),a`<section class="tap" aria-label=${_.tap(t)}>
    <header class="tap-head">
      <${g} name="tap" small /><h3>${_.tap(t)}</h3><span class="muted truncate">${i||_.sampled}</span><span class="spacer"></span>
      <button class="button button--quiet button--icon button--small" type="button" aria-label=${u?m.live.resume:m.live.pause} onClick=${()=>c(!u)}><${g} name=${u?"start":"pause"} small /></button>
      <button class="button button--quiet button--icon button--small" type="button" aria-label=${_.tapClose} onClick=${n}><${g} name="close" small /></button>
    </header>
    <div class="tap-list" role="log" aria-label=${_.tap(t)} tabindex="0">
      ${o.length===0&&a`<p class="tap-row muted">${_.tapWaiting}</p>`}
      ${o.map($=>{let h=typeof $.message=="string"?$.message:JSON.stringify($.message);return a`<div class="tap-row" key=${$.id} data-open=${d===$.id?"":void 0}>
          <time>${Ie($.time)}</time>
          <button type="button" aria-expanded=${d===$.id} onClick=${()=>p(d===$.id?"":$.id)}>${Mt(d===$.id?Cs(h):h,2e3)}${$.is_truncated?" …":""}</button>
        </div>`})}
    </div>
  </section>`}var F=m.nodes;function Os({dag:s,onOpen:e}){let t=ke(s.name).value,n=ne.value.query.get("q")??"",o=ne.value.query.get("sort")??"",r=qe(()=>Object.values(s.nodes).map((d,p)=>{let $=t?.nodes.get(d.name);return{node:d,order:p,name:d.name,calls:Number($?.[1]??d.compute_count),errors:$?.[2]??Number(d.error_count),rate:$?.[3]??null,queue:$?.[4]??d.queue_depth,max:$?.[5]??null,p99:$?.[7]??null}}),[s,t]),i=o.replace("-","")||"order",l=o.startsWith("-")?-1:1,u=r.filter(d=>d.name.toLowerCase().includes(n.toLowerCase())).sort((d,p)=>l*(i==="name"?d.name.localeCompare(p.name):Number(d[i]??-1)-Number(p[i]??-1))),c=[{key:"name",label:F.name,sort:"name",bare:!0,cell:d=>a`<span class="cell-name"><a class="dag-link" href=${`/dags/${s.name}?tab=nodes&node=${d.name}`} onClick=${p=>{p.preventDefault(),e(d.name)}} title=${d.name}>${d.name}</a></span>`},{key:"type",label:F.type,cell:d=>a`<span class="muted">${d.node.calculator?s.calculators[d.node.calculator]?.type:d.node.type}</span>`},{key:"after",label:F.after,cell:d=>a`<span class="truncate muted" title=${d.node.dependencies.join(", ")}>${d.node.dependencies.join(", ")||ve}</span>`},{key:"rate",label:F.rate,number:!0,sort:"rate",cell:d=>a`<span class=${d.rate?"":"zero"}>${L(d.rate)}</span>`},{key:"calls",label:F.calls,number:!0,sort:"calls",cell:d=>L(d.calls)},{key:"queue",label:F.queue,number:!0,cell:d=>d.max?a`<${Qe} fill=${d.queue/d.max} />`:a`<span class=${d.queue?"":"zero"}>${L(d.queue)}</span>`},{key:"p99",label:F.p99,number:!0,cell:d=>Ne(d.p99)},{key:"errors",label:F.errors,number:!0,sort:"errors",cell:d=>a`<span class=${d.errors?"text-failed":"zero"}>${L(d.errors)}</span>`}];return a`<div class="tab-body tab-body--pad">
    <div class="filters"><${we} label=${F.filter} value=${n} onInput=${d=>le({q:d})} /></div>
    <section class="panel table-wrap"><${$e} label=${F.title} columns=${c} items=${u} keyOf=${d=>d.name} sort=${o} onSort=${d=>le({sort:d})} /></section>
    <h2 class="section-title">${F.sources}</h2>
    <section class="panel table-wrap"><${$e} label=${F.sources} columns=${Fo(t)} items=${Object.values(s.subscribers)} keyOf=${d=>d.name} /></section>
    <h2 class="section-title">${F.sinks}</h2>
    <section class="panel table-wrap"><${$e} label=${F.sinks} columns=${Wo(t)} items=${Object.values(s.publishers)} keyOf=${d=>d.name} /></section>
  </div>`}function Fo(s){let e=t=>s?.subscribers.get(t.name);return[{key:"name",label:F.name,bare:!0,cell:t=>a`<b>${t.name}</b>`},{key:"address",label:F.address,cell:t=>a`<span class="truncate muted" title=${t.source}>${t.source??t.type}</span>`},{key:"count",label:F.received,number:!0,cell:t=>L(e(t)?.[1]??t.receive_count)},{key:"depth",label:F.queue,number:!0,cell:t=>t.max_depth?a`<${Qe} fill=${(e(t)?.[2]??t.current_depth)/t.max_depth} />`:L(e(t)?.[2]??t.current_depth)},{key:"dropped",label:F.dropped,number:!0,cell:t=>a`<span class=${Number(t.dropped)?"text-warning":"zero"}>${L(t.dropped)}</span>`}]}function Wo(s){let e=t=>s?.publishers.get(t.name);return[{key:"name",label:F.name,bare:!0,cell:t=>a`<b>${t.name}</b>`},{key:"address",label:F.address,cell:t=>a`<span class="truncate muted" title=${t.destination}>${t.destination??t.type}</span>`},{key:"count",label:F.published,number:!0,cell:t=>L(e(t)?.[1]??t.publish_count)},{key:"depth",label:F.queue,number:!0,cell:t=>L(e(t)?.[2]??t.queue_depth)},{key:"retries",label:F.retries,number:!0,cell:t=>a`<span class=${Number(t.retries)?"":"zero"}>${L(t.retries)}</span>`},{key:"letters",label:F.letters,number:!0,cell:t=>a`<span class=${Number(e(t)?.[3]??t.dead_letters)?"text-failed":"zero"}>${L(e(t)?.[3]??t.dead_letters)}</span>`}]}function Es({dag:s,onOpen:e}){let n=[...ke(s.name).value?.nodes.values()??[]].reduce((r,i)=>r+(i[2]??0),0),o=A(()=>E(x`/dags/${s.name}/nodes`),[s.name,n]);return a`<div class="tab-body tab-body--pad">
    <${q} of=${o}>
      ${r=>{let i=r.items.filter(l=>Number(l.error_count)>0);return i.length===0?a`<section class="panel"><${de} title=${F.noErrors} detail=${F.noErrorsDetail} /></section>`:i.map(l=>a`<section class="panel" key=${l.name}>
            <header class="panel-head"><h2>${l.name}</h2><span class="count-pill count-pill--failed">${L(l.error_count)}</span><span class="spacer"></span><button class="button button--small" type="button" onClick=${()=>e(l.name)}>${m.common.open}</button></header>
            <${qt} items=${l.errors} />
          </section>`)}}
    <//>
  </div>`}var X=m.dag,As={"5m":300,"1h":3600,"24h":86400};function Ts({name:s}){let e=ne.value.query.get("span")??"1h",t=n=>x`/dags/${s}/metrics`+ae({from:new Date(n-As[e]*1e3).toISOString(),to:new Date(n).toISOString()});return a`<div class="tab-body tab-body--pad">
    <div class="filters"><${ze} label=${X.span} value=${e} onInput=${n=>le({span:n})} options=${Object.keys(As).map(n=>({value:n,label:n}))} /></div>
    ${[[X.charts.rates,["in","out"]],[X.charts.queue,["queue"]],[X.charts.errors,["errors"]]].map(([n,o])=>a`<section class="panel" key=${n}>
        <header class="panel-head"><h2>${n}</h2><span class="spacer"></span>${o.length>1&&o.map(r=>a`<span class="live"><span class="swatch swatch--${r}"></span>${X.series[r]}</span>`)}</header>
        <div class="panel-body"><${yt} url=${t} lines=${o} every=${e==="5m"?2e3:15e3} height=${180} label=${n} /></div>
      </section>`)}
  </div>`}function Ns({dag:s}){let e=A(()=>z("GET",x`/dags/${s.name}`),[s.name,s.revision]),t=async n=>{await navigator.clipboard.writeText(n),B(m.common.copied)};return a`<div class="tab-body tab-body--pad">
    <${q} of=${e}>
      ${n=>a`<section class="panel">
        <header class="panel-head"><h2>${X.definition(s.revision)}</h2><span class="spacer"></span>
          <button class="button button--small" type="button" onClick=${()=>t(n.text)}><${g} name="copy" small />${m.common.copy}</button>
          ${xe.value&&a`<a class="button button--small" href=${`/dags/${s.name}/edit`}><${g} name="edit" small />${m.actions.edit}</a>`}
        </header>
        <div class="panel-body"><${ce} source=${n.text} label=${X.tabs.definition} /></div>
      </section>`}
    <//>
  </div>`}function Ls({dag:s,reload:e}){let t=A(()=>E(x`/dags/${s.name}/revisions`),[s.name,s.revision]),[n,o]=b(""),r=i=>G(()=>a`<${Me}
        title=${X.rollBackTitle(i)}
        detail=${X.rollBackDetail}
        action=${X.rollBack}
        run=${async()=>{try{let{etag:l}=await z("GET",x`/dags/${s.name}`);await z("POST",x`/dags/${s.name}/rollback`,{body:{revision:Number(i)},ifMatch:l}),B(X.rolledBack(s.name,i)),e(),t.reload()}catch(l){fe(X.notRolledBack,l)}}}
      />`);return a`<div class="tab-body tab-body--pad">
    <${q} of=${t}>
      ${i=>i.items.length===0?a`<section class="panel"><${de} title=${X.noRevisions} /></section>`:a`<section class="panel table-wrap">
              <${$e}
                label=${X.tabs.revisions}
                items=${i.items}
                keyOf=${l=>String(l.revision)}
                columns=${[{key:"revision",label:X.columns.revision,bare:!0,cell:l=>a`<b>${l.revision}</b>${String(l.revision)===String(s.running_revision??s.revision)&&a` <span class="tag">${X.current}</span>`}`},{key:"when",label:X.columns.when,cell:l=>a`<span title=${be(l.time)}>${Se(l.time)}</span>`},{key:"who",label:X.columns.who,cell:l=>l.user},{key:"comment",label:X.columns.comment,cell:l=>a`<span class="truncate">${l.comment??""}</span>`},{key:"more",label:"",number:!0,bare:!0,cell:l=>a`<span class="button-row">
                      <button class="button button--small" type="button" aria-pressed=${n===String(l.revision)} onClick=${()=>o(n===String(l.revision)?"":String(l.revision))}>${X.diff}</button>
                      ${xe.value&&String(l.revision)!==String(s.revision)&&a`<button class="button button--small" type="button" onClick=${()=>r(l.revision)}><${g} name="undo" small />${X.rollBack}</button>`}
                    </span>`}]}
              />
            </section>
            ${n&&a`<${Jo} name=${s.name} revision=${n} />`}`}
    <//>
  </div>`}function Jo({name:s,revision:e}){let t=A(()=>E(x`/dags/${s}/revisions/${e}`),[s,e]);return a`<section class="panel">
    <header class="panel-head"><h2>${X.changesOf(e)}</h2></header>
    <div class="panel-body"><${q} of=${t}>${n=>n.diff?a`<${je} source=${n.diff} label=${X.changesOf(e)} />`:a`<p class="muted">${X.noDiff}</p>`}<//></div>
  </section>`}var Ds={width:146,height:78,rule:50},Rt={width:112,height:52,rule:0},Is={width:156,height:54,rule:0};function Ms(s,e,t,n,o=0){let r=6+o/2,i=17+o/2,l=t==="source",u=t==="sink",c=n==="LR",[d,p,$,h]=c?[l?i:r,u?i:r,u?i:r,l?i:r]:[l?i:r,l?i:r,u?i:r,u?i:r],y=s+2*o,S=e+2*o;return`M${d} 0H${y-p}A${p} ${p} 0 0 1 ${y} ${p}V${S-$}A${$} ${$} 0 0 1 ${y-$} ${S}H${h}A${h} ${h} 0 0 1 0 ${S-h}V${d}A${d} ${d} 0 0 1 ${d} 0Z`}function wt(s,e,t,n){let o=n==="LR",[r,i]=o?[s[0]+t.width,s[1]+t.height/2]:[s[0]+t.width/2,s[1]+t.height],[l,u]=o?[e[0]-8,e[1]+t.height/2]:[e[0]+t.width/2,e[1]-8],c=Math.max(24,Math.abs(o?l-r:u-i)/2),d=o?`M${r} ${i}C${r+c} ${i} ${l-c} ${u} ${l} ${u}`:`M${r} ${i}C${r} ${i+c} ${l} ${u-c} ${l} ${u}`,p=o?`M${l} ${u-5}V${u+5}L${l+8} ${u}Z`:`M${l-5} ${u}H${l+5}L${l} ${u+8}Z`,$=o?Math.abs(i-u)<4:!1;return{path:d,head:p,middle:[(r+l)/2,(i+u)/2-($?13:0)]}}function zs(s){return s?1.5+1.15*Math.max(0,Math.log10(s)):1.5}function Bt(s,e){return s.length<=e?s:`${s.slice(0,e-1)}…`}var Ho="http://www.w3.org/2000/svg",Go=150,Ko=300,js=.05,Vo=2.5,Uo=.5,Ps=48;function T(s,e={},...t){let n=document.createElementNS(Ho,s);for(let[o,r]of Object.entries(e))r!=null&&n.setAttribute(o,String(r));return n.append(...t),n}function kt(s,e){s.textContent!==e&&(s.textContent=e)}function tt(s,e){s.getAttribute("class")!==e&&s.setAttribute("class",e)}var Ve=class{constructor(e,t={}){this.svg=e,this.options=t,this.size=t.isEditor?Is:innerWidth<576?Rt:Ds,this.direction="LR",this.model={nodes:[],edges:[]},this.places={},this.cards=new Map,this.lines=new Map,this.selected=null,this.selectedEdge=null,this.focused=null,this.view={x:0,y:0,zoom:1},this.live=null,this.frame=0,this.world=T("g",{class:"world"}),this.edgeLayer=T("g"),this.nodeLayer=T("g"),this.overLayer=T("g"),this.crowd={edges:T("path",{class:"crowd-edges"}),nodes:T("path",{class:"crowd-nodes"}),failing:T("path",{class:"crowd-failing"})},this.crowdLayer=T("g",{},...Object.values(this.crowd)),this.isCrowd=!1,this.world.append(this.edgeLayer,this.nodeLayer,this.overLayer),e.replaceChildren(this.world),this.listen(),this.resizing=new ResizeObserver(()=>this.showVisible()),this.resizing.observe(e)}destroy(){cancelAnimationFrame(this.frame),this.resizing.disconnect(),this.svg.replaceChildren()}draw(e,t,n){let o=this.model.nodes.length===0||this.direction!==n;this.model=e,this.places={...t},this.direction=n,this.cards.clear(),this.lines.clear(),this.edgeLayer.replaceChildren(),this.nodeLayer.replaceChildren();for(let r of e.nodes)this.cards.set(r.name,{node:r,group:null,isSeen:!1});for(let r of e.edges)this.cards.has(r.from)&&this.cards.has(r.to)&&this.lines.set(r.name,{edge:r,group:null,isSeen:!1});this.selected&&!this.cards.has(this.selected)&&(this.selected=null),(!this.focused||!this.cards.has(this.focused))&&(this.focused=e.nodes[0]?.name??null),o?this.fit():this.showVisible(),this.mark()}makeCard(e){let{node:t}=e,{width:n,height:o,rule:r}=this.size,i=this.size===Rt,l=d=>Ms(n,o,t.kind,this.direction,d),u={type:T("text",{class:"node-type",x:i?34:38,y:i?40:37},Bt(t.note,i?11:this.options.isEditor?19:17)),state:T("svg",{class:"node-state",x:n-(i?18:25),y:i?7:11,width:i?11:13,height:i?11:13},T("use",{href:"#g-unknown"})),rate:T("text",{class:"node-rate",x:14,y:68.5}),meta:T("text",{class:"node-meta",x:n-12,y:68.5})},c=T("g",{class:"node",role:"button",tabindex:-1,"data-node":t.name},T("path",{class:"node-ring",d:l(4),transform:"translate(-4 -4)"}),T("path",{class:"node-body",d:l(0)}),T("svg",{class:"node-kind",x:13,y:i?12:10,width:16,height:16},T("use",{href:`#i-${t.icon}`})),T("text",{class:"node-name",x:i?34:38,y:i?22:21},Bt(t.name,i?9:this.options.isEditor?14:12))," ",u.type);if((c.querySelector(".node-name")?.textContent!==t.name||u.type.textContent!==t.note)&&c.prepend(T("title",{},`${t.name} · ${t.note}`)," "),this.options.isEditor||c.append(u.state),r&&c.append(T("path",{class:"node-rule",d:`M.5 ${r}H${n-.5}`})," ",u.rate," ",u.meta),this.options.onConnect){let d=this.direction==="LR",p={cx:d?n:n/2,cy:d?o/2:o},$={cx:d?0:n/2,cy:d?o/2:0};c.append(T("circle",{class:"node-port",r:5,...$})),c.append(T("circle",{class:"node-port node-port--out",r:6,"data-port":t.name,...p}))}Object.assign(e,{group:c,parts:u,base:`node node--${t.kind}${t.mark?` node--${t.mark}`:""}`,tone:""}),this.moveCard(e),this.markCard(e)}makeLine(e){let{edge:t}=e,n={bed:T("path",{class:"edge-bed","stroke-width":1.5}),flow:T("path",{class:"edge-flow","stroke-width":1.5}),head:T("path",{class:"edge-head"}),hit:T("path",{class:"edge-hit"}),label:T("g",{class:"edge-tag"},T("rect",{class:"edge-chip",height:16,rx:8}),T("text",{class:"edge-label"})),pill:T("g",{class:"edge-fill"},T("rect",{class:"edge-pill",width:58,height:22,rx:11}),T("svg",{width:12,height:12},T("use",{})),T("text",{class:"edge-pill-text"}))},o=T("g",{class:"edge edge--idle","data-edge":t.name},n.bed,n.flow,n.head);Object.assign(e,{group:o,parts:n,middle:[0,0],rate:""}),this.options.onSelectEdge&&o.append(n.hit),t.mark?o.setAttribute("class",`edge edge--${t.mark}`):this.options.isEditor&&o.setAttribute("class","edge edge--plain"),this.moveLine(e),o.toggleAttribute("data-selected",t.name===this.selectedEdge)}moveCard(e){let[t,n]=this.places[e.node.name]??[0,0];e.group.setAttribute("transform",`translate(${t} ${n})`)}moveLine(e){let t=this.places[e.edge.from],n=this.places[e.edge.to];if(!t||!n)return;let{path:o,head:r,middle:i}=wt(t,n,this.size,this.direction);for(let l of["bed","flow","hit"])e.parts[l].setAttribute("d",o);e.parts.head.setAttribute("d",r),e.middle=i,this.placeTags(e)}placeTags(e){let[t,n]=e.middle,[o,r]=e.parts.label.children,i=14+e.rate.length*6.2;o.setAttribute("x",t-i/2),o.setAttribute("y",n-8),o.setAttribute("width",i),r.setAttribute("x",t),r.setAttribute("y",n+4),e.parts.pill.setAttribute("transform",`translate(${t-29} ${n-11})`)}setLive(e){this.live=e,!this.frame&&(this.frame=requestAnimationFrame(()=>{this.frame=0,this.live&&this.showLive(this.live)}))}showLive(e){if(!e.row)return;let t=e.row.state==="running";this.isCrowd&&this.crowd.failing.setAttribute("d",this.boxes(n=>e.nodes.get(n)?.[2]>0));for(let n of this.cards.values())n.isSeen&&this.showCard(n,e.nodes.get(n.node.name),e,t);for(let n of this.lines.values())n.isSeen&&this.showLine(n,e.edges.get(n.edge.name),e,t)}showCard(e,t,n,o){let r=t?.[2]??0,i=t?t[3]:null,l=t&&t[5]?t[4]/t[5]:null,u=n.row.state==="failed"?"stopped":o?r>0?"failed":"running":n.row.state==="suspended"?"suspended":"stopped",c=r>0?m.graph.errors(L(r)):e.node.kind==="source"?t&&t[4]>0?m.graph.waiting(L(t[4])):"":t&&t[7]?`${Ne(t[7])} ms`:t&&t[4]>0?m.graph.waiting(L(t[4])):"";kt(e.parts.rate,i===null?ve:`${L(i)}/s`),kt(e.parts.meta,c),tt(e.parts.meta,r>0?"node-meta node-meta--failed":"node-meta");let d=e.parts.state.firstChild,p=`#g-${u==="running"?"live":u}`;d.getAttribute("href")!==p&&d.setAttribute("href",p),tt(e.parts.state,`node-state tone-${u}`),e.tone=r>0?" node--failed":"",this.classOf(e),this.labelCard(e,[m.states[u]??u,l===null?"":m.graph.fill(Math.round(l*100))])}showLine(e,t,n,o){let r=t?t[2]:null,i=n.nodes.get(e.edge.to),l=i&&i[5]?i[4]/i[5]:null,u=$t(l),c=u!=="ok"&&o?u:r&&o?"ok":"idle";tt(e.group,`edge edge--${c}`);let d=zs(r).toFixed(1);e.width!==d&&(e.width=d,e.parts.bed.setAttribute("stroke-width",d),e.parts.flow.setAttribute("stroke-width",String(Math.max(1.5,Number(d)*(c==="full"?.72:.42)))));let p=r?`${L(r)}/s`:"";p!==e.rate&&(e.rate=p,kt(e.parts.label.children[1],p),this.placeTags(e));let $=c==="busy"||c==="full"?e.parts.pill:p?e.parts.label:null;if($===e.parts.pill){let[,h,y]=e.parts.pill.children;tt(e.parts.pill,`edge-fill edge-fill--${c}`),h.setAttribute("x",7),h.setAttribute("y",5),h.firstChild.setAttribute("href",`#g-${c}`),y.setAttribute("x",51),y.setAttribute("y",15),kt(y,`${Math.round((l??0)*100)}%`)}for(let h of[e.parts.label,e.parts.pill])h===$&&h.parentNode!==e.group?e.group.append(h):h!==$&&h.parentNode===e.group&&h.remove()}classOf(e){tt(e.group,e.base+e.tone+(e.node.name===this.selected?" node--selected":""))}select(e,t={}){this.selected=e,this.selectedEdge=null,e&&(this.focused=e),this.mark(),e&&t.reveal&&this.reveal(e),e&&t.focus&&this.focus(e)}selectEdge(e){this.selected=null,this.selectedEdge=e,this.mark()}mark(){for(let e of this.cards.values())e.group&&this.markCard(e);for(let e of this.lines.values())e.group?.toggleAttribute("data-selected",e.edge.name===this.selectedEdge)}markCard(e){e.group.setAttribute("tabindex",e.node.name===this.focused?"0":"-1"),e.label||this.labelCard(e,[]),this.classOf(e)}labelCard(e,t){let o=[[...e.group.querySelectorAll("title, text")].map(r=>r.textContent).filter(Boolean).join(" "),...t].filter(Boolean).join(", ");e.label!==o&&e.group.setAttribute("aria-label",e.label=o)}focus(e){let t=this.cards.get(e);t&&(this.focused=e,this.isCrowd&&this.look({...this.view,zoom:1}),this.reveal(e),this.showVisible(),this.mark(),t.group.focus({preventScroll:!0}))}neighbour(e,t){let n=this.direction==="LR",r=(n?{ArrowRight:"out",ArrowLeft:"in"}:{ArrowDown:"out",ArrowUp:"in"})[t],i=n?1:0,l=this.places[e]??[0,0],u=p=>p.filter($=>$!==e&&this.places[$]).sort(($,h)=>Math.abs(this.places[$][i]-l[i])-Math.abs(this.places[h][i]-l[i]))[0];if(r==="out")return u(this.model.edges.filter(p=>p.from===e).map(p=>p.to));if(r==="in")return u(this.model.edges.filter(p=>p.to===e).map(p=>p.from));let c=t==="ArrowDown"||t==="ArrowRight",d=this.model.nodes.map(p=>p.name).filter(p=>this.places[p]&&Math.abs(this.places[p][1-i]-l[1-i])<(n?this.size.width:this.size.height)).filter(p=>c?this.places[p][i]>l[i]:this.places[p][i]<l[i]);return u(d)}box(){let[e,t,n,o]=[1/0,1/0,-1/0,-1/0];for(let[r,i]of Object.values(this.places))e=Math.min(e,r),t=Math.min(t,i),n=Math.max(n,r+this.size.width),o=Math.max(o,i+this.size.height);return Number.isFinite(e)?{x:e,y:t,width:n-e,height:o-t}:{x:0,y:0,width:1,height:1}}fit(){let e=this.box(),{clientWidth:t,clientHeight:n}=this.svg;if(!t||!n){requestAnimationFrame(()=>this.svg.isConnected&&this.fit());return}let o=Math.max(js,Math.min(1,(t-2*Ps)/e.width,(n-2*Ps-24)/e.height));this.look({zoom:o,x:t/2-(e.x+e.width/2)*o,y:n/2-(e.y+e.height/2)*o})}zoomBy(e,t=[this.svg.clientWidth/2,this.svg.clientHeight/2]){let n=Math.max(js,Math.min(Vo,this.view.zoom*e)),o=n/this.view.zoom;this.look({zoom:n,x:t[0]-(t[0]-this.view.x)*o,y:t[1]-(t[1]-this.view.y)*o})}look(e){this.view=e,this.world.setAttribute("transform",`translate(${e.x.toFixed(1)} ${e.y.toFixed(1)}) scale(${e.zoom.toFixed(4)})`),this.svg.classList.toggle("graph--far",e.zoom<Uo),this.showVisible(),this.options.onView?.(e)}reveal(e){let t=this.places[e];if(!t)return;let{x:n,y:o,zoom:r}=this.view,{clientWidth:i,clientHeight:l}=this.svg,[u,c]=[t[0]*r+n,t[1]*r+o];u>=8&&c>=8&&u+this.size.width*r<=i-8&&c+this.size.height*r<=l-8||this.look({zoom:r,x:i/2-(t[0]+this.size.width/2)*r,y:l/2-(t[1]+this.size.height/2)*r})}approach(e){let[t,n]=this.places[e];this.look({zoom:1,x:this.svg.clientWidth/2-(t+this.size.width/2),y:this.svg.clientHeight/2-(n+this.size.height/2)}),this.select(e,{focus:!0}),this.options.onSelect?.(e)}window(){let{x:e,y:t,zoom:n}=this.view;return{x:-e/n,y:-t/n,width:this.svg.clientWidth/n,height:this.svg.clientHeight/n}}showVisible(){let e=this.window(),t=this.cards.size<=Go,n=r=>{let[i,l]=this.places[r]??[0,0];return t||i+this.size.width>e.x-60&&i<e.x+e.width+60&&l+this.size.height>e.y-60&&l<e.y+e.height+60},o=!1;this.showCrowd(!t&&this.model.nodes.filter(r=>n(r.name)).length>Ko);for(let r of this.cards.values()){let i=!this.isCrowd&&n(r.node.name)||r.group!==null&&document.activeElement===r.group;i!==r.isSeen&&(r.isSeen=i,o||=i,i&&!r.group&&this.makeCard(r),i?this.nodeLayer.append(r.group):r.group.remove())}for(let r of this.lines.values()){let i=this.cards.get(r.edge.from).isSeen||this.cards.get(r.edge.to).isSeen;i!==r.isSeen&&(r.isSeen=i,i&&!r.group&&this.makeLine(r),i?this.edgeLayer.append(r.group):r.group.remove())}o&&this.live&&this.setLive(this.live)}showCrowd(e){if(!(e===this.isCrowd&&this.crowdOf===this.model)){if(this.isCrowd=e,this.crowdOf=this.model,this.svg.setAttribute("tabindex",e?"0":"-1"),!e){this.crowdLayer.remove();return}this.world.prepend(this.crowdLayer),this.crowd.edges.setAttribute("d",this.model.edges.map(t=>wt(this.places[t.from],this.places[t.to],this.size,this.direction).path).join("")),this.crowd.nodes.setAttribute("d",this.boxes(()=>!0)),this.crowd.failing.setAttribute("d","")}}boxes(e){let{width:t,height:n}=this.size;return Object.entries(this.places).map(([o,[r,i]])=>e(o)?`M${r} ${i}h${t}v${n}h${-t}z`:"").join("")}point(e){let t=this.svg.getBoundingClientRect();return[e.clientX-t.left,e.clientY-t.top]}toWorld(e){return[(e[0]-this.view.x)/this.view.zoom,(e[1]-this.view.y)/this.view.zoom]}listen(){let{svg:e}=this,t=new Map,n=null;e.addEventListener("wheel",r=>{r.preventDefault(),r.ctrlKey||Math.abs(r.deltaY)>Math.abs(r.deltaX)?this.zoomBy(Math.exp(-r.deltaY*(r.ctrlKey?.01:.0015)),this.point(r)):this.look({...this.view,x:this.view.x-r.deltaX})},{passive:!1}),e.addEventListener("pointerdown",r=>{if(r.button!==0)return;let i=r.target,l=i.closest("[data-port]")?.getAttribute("data-port"),u=i.closest("[data-node]")?.getAttribute("data-node"),c=i.closest("[data-edge]")?.getAttribute("data-edge");t.set(r.pointerId,this.point(r)),n={port:l,name:u,edge:c,from:this.point(r),view:this.view,place:u?this.places[u]:null,isMoved:!1},e.setPointerCapture(r.pointerId)}),e.addEventListener("pointermove",r=>{let i=t.get(r.pointerId);if(!i||!n)return;let l=this.point(r);if(t.size===2){let d=[...t].find(([h])=>h!==r.pointerId)?.[1],p=Math.hypot(i[0]-d[0],i[1]-d[1]),$=Math.hypot(l[0]-d[0],l[1]-d[1]);t.set(r.pointerId,l),p>0&&this.zoomBy($/p,[(l[0]+d[0])/2,(l[1]+d[1])/2]),n.isMoved=!0;return}t.set(r.pointerId,l);let[u,c]=[l[0]-n.from[0],l[1]-n.from[1]];!n.isMoved&&Math.hypot(u,c)<4||(n.isMoved=!0,n.port&&this.options.onConnect?this.drawLoose(n.port,this.toWorld(l)):n.name&&this.options.onMove?this.moveNode(n.name,[Math.round(n.place[0]+u/this.view.zoom),Math.round(n.place[1]+c/this.view.zoom)]):this.look({...n.view,x:n.view.x+u,y:n.view.y+c}))});let o=r=>{if(t.delete(r.pointerId),!n||t.size>0)return;let i=n;if(n=null,this.overLayer.replaceChildren(),r.type!=="pointercancel")if(i.isMoved)if(i.port&&this.options.onConnect){let l=this.nodeAt(this.toWorld(this.point(r)));l&&l!==i.port&&this.options.onConnect(i.port,l)}else i.name&&this.options.onMove&&this.options.onMove(i.name,this.places[i.name]);else{let l=this.isCrowd?this.nodeAt(this.toWorld(i.from)):null;l&&this.approach(l),i.name?(this.select(i.name,{focus:!0}),this.options.onSelect?.(i.name)):i.edge&&this.options.onSelectEdge?(this.selectEdge(i.edge),this.options.onSelectEdge(i.edge)):l||(this.select(null),this.options.onSelect?.(null))}};e.addEventListener("pointerup",o),e.addEventListener("pointercancel",o),e.addEventListener("dblclick",r=>{let i=r.target.closest("[data-node]")?.getAttribute("data-node");i&&this.options.onOpen?.(i)}),e.addEventListener("focusin",r=>{let i=r.target.closest("[data-node]")?.getAttribute("data-node");i&&i!==this.focused&&(this.focused=i,this.mark())}),e.addEventListener("keydown",r=>this.onKey(r))}onKey(e){let t=e.target.closest?.("[data-node]")?.getAttribute("data-node"),n=t&&e.key.startsWith("Arrow")&&!e.altKey?this.neighbour(t,e.key):null;if(!(e.ctrlKey||e.metaKey)){if(n)this.focus(n);else if((e.key==="Enter"||e.key===" ")&&t)this.select(t),this.options.onSelect?.(t),this.options.onOpen?.(t);else if(e.key==="+"||e.key==="=")this.zoomBy(1.25);else if(e.key==="-")this.zoomBy(.8);else if(e.key==="0")this.zoomBy(1/this.view.zoom);else if(e.key==="f"||e.key==="F")this.fit();else if(e.key==="Escape"&&(this.selected||this.selectedEdge))this.select(null),this.options.onSelect?.(null);else if(!e.key.startsWith("Arrow")||!t)return;e.preventDefault()}}moveNode(e,t){this.places[e]=t,this.moveCard(this.cards.get(e));for(let n of this.lines.values())n.group&&(n.edge.from===e||n.edge.to===e)&&this.moveLine(n)}drawLoose(e,t){let o=this.direction==="LR"?[t[0]+8,t[1]-this.size.height/2]:[t[0]-this.size.width/2,t[1]+8];this.overLayer.replaceChildren(T("path",{class:"edge-loose",d:wt(this.places[e],o,this.size,this.direction).path}))}nodeAt(e){return this.model.nodes.find(t=>{let[n,o]=this.places[t.name]??[1/0,1/0];return e[0]>=n&&e[0]<=n+this.size.width&&e[1]>=o&&e[1]<=o+this.size.height})?.name}};var xt=null,Xo=0,Ft=new Map,st=new Map,Zo=32;function Qo(){let s=document.querySelector("script[data-layout]");return xt=new Worker(s.dataset.layout??"",{type:"module"}),xt.onmessage=e=>{Ft.get(e.data.id)?.(e.data.places),Ft.delete(e.data.id)},xt}async function St(s,e,t,n){let o=JSON.stringify([t,n,s.map(c=>c.name),e.map(c=>[c.from,c.to])]),r=st.get(o);if(r)return r;let i=++Xo,l=new Promise(c=>Ft.set(i,c));(xt??Qo()).postMessage({id:i,nodes:s.map(c=>({name:c.name,...n})),edges:e.map(c=>({from:c.from,to:c.to})),direction:t});let u=await l;return st.size>=Zo&&st.delete(st.keys().next().value),st.set(o,u),u}var ye=m.graph;function Ct(){return localStorage.getItem("dagd.direction")==="TB"||innerWidth<576?"TB":"LR"}function Wt(s,e,t){let n=s?.[e]??{};for(let[o,r]of Object.entries(n))t[o]&&Array.isArray(r)&&(t[o]=[r[0],r[1]]);return t}function Yo({canvas:s,view:e}){let t=s.box(),n=s.window(),o=Math.min(140/t.width,84/t.height),r={x:t.x-(148/o-t.width)/2,y:t.y-(92/o-t.height)/2};return a`<svg class="minimap" viewBox="${r.x} ${r.y} ${148/o} ${92/o}" aria-hidden="true" data-zoom=${e.zoom}>
    <path class="minimap-node" d=${s.boxes(()=>!0)} />
    <rect class="minimap-view" x=${n.x} y=${n.y} width=${n.width} height=${n.height} />
  </svg>`}function Jt({canvas:s,zoom:e,direction:t,onTurn:n}){return a`<div class="canvas-tools canvas-tools--left" role="group" aria-label=${ye.tools}>
    <button type="button" aria-label=${ye.zoomOut} onClick=${()=>s?.zoomBy(.8)}><${g} name="minus" small /></button>
    <button type="button" aria-label=${ye.zoomReset(Math.round(e*100))} onClick=${()=>s?.zoomBy(1/e)}>${Math.round(e*100)}%</button>
    <button type="button" aria-label=${ye.zoomIn} onClick=${()=>s?.zoomBy(1.25)}><${g} name="add" small /></button>
    <button type="button" aria-label=${ye.fit} onClick=${()=>s?.fit()}><${g} name="fit" small /></button>
    <button type="button" aria-label=${t==="LR"?ye.down:ye.across} onClick=${n}><${g} name="tree" small /></button>
  </div>`}function en(){let s=(e,t)=>a`<svg width="32" height="8" aria-hidden="true" class="edge edge--${e}">
    <path class="edge-bed" stroke-width="5" d="M0 4H32" /><path class="edge-flow" stroke-width=${t} d="M0 4H32" />
  </svg>`;return a`<div class="legend">
    <span>${s("ok",2)}${ye.under}</span><span>${s("busy",2)}<span class="tone-busy"><${U} name="busy" /></span>50–80%</span>
    <span>${s("full",3.5)}<span class="tone-full"><${U} name="full" /></span>${ye.over}</span><span>${ye.wider}</span>
  </div>`}function qs({dag:s,selected:e,onSelect:t}){let n=oe(null),o=oe(null),r=oe(null),[i,l]=b(Ct()),[u,c]=b({zoom:1}),[d,p]=b(""),$=qe(()=>gs(s),[s.name,s.revision,s.running_revision]),h=oe(t);h.current=t,M(()=>{let C=new Ve(n.current,{onSelect:k=>h.current(k),onView:c});return o.current=C,()=>C.destroy()},[]),M(()=>{let C=!0,k=o.current.size;return Promise.all([St($.nodes,$.edges,i,k),E(x`/dags/${s.name}/layout`).catch(()=>null)]).then(([w,f])=>{C&&(o.current?.draw($,Wt(f,i,{...w}),i),o.current?.select(e))}),()=>{C=!1}},[$,i]),M(()=>ke(s.name).subscribe(C=>{C&&o.current?.setLive(C)}),[s.name]),M(()=>{o.current?.selected!==e&&o.current?.select(e,{reveal:!0})},[e]),M(()=>{let C=k=>{k.key!=="/"||k.target.closest("input, textarea, select")||(k.preventDefault(),r.current?.focus())};return document.addEventListener("keydown",C),()=>document.removeEventListener("keydown",C)},[]);let y=()=>{let C=i==="LR"?"TB":"LR";localStorage.setItem("dagd.direction",C),l(C)},S=C=>{let k=C.toLowerCase(),w=k&&($.nodes.find(f=>f.name.toLowerCase().startsWith(k))??$.nodes.find(f=>f.name.toLowerCase().includes(k)));p(C),w&&o.current?.select(w.name,{reveal:!0})},I=C=>{C.preventDefault(),d&&o.current?.selected&&(t(o.current.selected),o.current.focus(o.current.selected))};return a`<div class="canvas">
    <svg class="graph" ref=${n} role="group" aria-label=${ye.of(s.name)}></svg>
    ${$.nodes.length===0&&a`<${de} title=${ye.empty} />`}
    <form class="canvas-find" onSubmit=${I}><${we} label=${ye.find} value=${d} onInput=${S} inputRef=${r} kbd="/" /></form>
    <${Jt} canvas=${o.current} zoom=${u.zoom} direction=${i} onTurn=${y} />
    <${en} />
    ${o.current&&o.current.cards.size>0&&a`<${Yo} canvas=${o.current} view=${u} />`}
  </div>`}function Rs(s,e){return z("PUT",x`/dags/${s}/layout`,{body:e})}var Bs=m.why;function Ht(s){G(()=>a`<${tn} name=${s} />`)}function tn({name:s}){let e=A(()=>E(x`/dags/${s}/why`),[s]);return a`<${pe} title=${Bs.title} note=${s}>
    <${q} of=${e}>
      ${t=>t.findings.length===0?a`<p class="note"><${U} name="done" tone="done" />${Bs.healthy}</p>`:a`<ol class="findings">
              ${t.findings.map((n,o)=>a`<li>
                  <${U} name=${o===0&&!t.is_healthy?"failed":"warning"} tone=${o===0&&!t.is_healthy?"failed":"warning"} />
                  <b>${n.object}</b>
                  <span class="muted">${n.since?m.dashboard.since(Je((Date.now()-Date.parse(n.since))/1e3)):""}</span>
                  <p>${n.detail}${n.suggestion&&a`<br /><b>${n.suggestion}</b>`}</p>
                </li>`)}
            </ol>`}
    <//>
  <//>`}var _e=m.dag,sn=["graph","nodes","errors","metrics","definition","revisions"];function Gt(s){let e=0,t=0,n=null,o=null;for(let[r,,i,,l,u,,c]of s?.nodes.values()??[])e+=i??0,i>0&&t++,u&&l!==null&&(!n||l/u>n.fill)&&(n={name:r,fill:l/u}),c!=null&&(o===null||c>o)&&(o=c);return{errors:e,failing:t,fullest:n,slowest:o}}function on({dag:s,reload:e}){let t=ke(s.name).value,n=t?.row?.state??s.state,{failing:o}=Gt(t),r={...s,state:n},i=c=>()=>as(c,s.name).then(e),l=[{label:m.actions.stop,icon:"stop",reason:He("stop",r)||void 0,run:i("stop")},{label:m.actions.stopNow,icon:"stop",reason:He("stopNow",r)||void 0,run:i("stopNow")},{label:m.actions.restart,icon:"restart",reason:He("restart",r)||void 0,run:i("restart")}],u=[...De.value?[{label:m.actions.publish,icon:"publish",run:()=>vt(s.name)},{label:m.actions.step,icon:"step",run:()=>ks(s.name)}]:[],{label:m.actions.why,icon:"help",run:()=>Ht(s.name)},{label:m.actions.letters,icon:"letters",href:`/dags/${s.name}/dead-letters`},{label:m.actions.download,icon:"download",run:()=>nn(s.name)},...xe.value?[{label:m.actions.delete,icon:"delete",danger:!0,line:!0,run:()=>is(s.name,ls)}]:[]];return a`<header class="dag-head">
    <a class="crumb" href="/">${m.nav.dags}</a><span class="muted" aria-hidden="true">/</span>
    <h1 class="truncate" title=${s.name}>${s.name}</h1>
    <${rs} state=${n} boxed />
    ${o>0&&a`<${Ce} tone="failed">${_e.failing(o)}<//>`}
    <div class="facts">
      <span>${s.since?Je((Date.now()-Date.parse(s.since))/1e3):ve}</span>
      <span><a href=${`/dags/${s.name}?tab=revisions`} class="muted">${_e.revision(s.revision)}</a></span>
      <span>${cs(s)}</span>
    </div>
    <span class="spacer"></span>
    <div class="button-row">
      ${De.value&&(s.is_running?a`${s.is_suspended?a`<button class="button" type="button" onClick=${i("resume")}><${g} name="start" />${m.actions.resume}</button>`:a`<button class="button" type="button" onClick=${i("suspend")}><${g} name="suspend" />${m.actions.suspend}</button>`}
            <${Ye} label=${m.actions.stop} icon="stop" items=${l}>${m.actions.stop}<//>`:a`<button class="button button--primary" type="button" disabled=${He("start",r)!==""} title=${He("start",r)} onClick=${i("start")}><${g} name="start" />${m.actions.start}</button>`)}
      ${xe.value&&a`<button class="button hide-phone" type="button" onClick=${()=>jt(s)}><${g} name="clone" />${m.actions.clone}</button>
        <a class="button" href=${`/dags/${s.name}/edit`}><${g} name="edit" />${m.actions.edit}</a>`}
      <${Ye} label=${m.dashboard.moreActions(s.name)} icon="more" items=${u} />
    </div>
    ${s.reason&&a`<p class="note note--${n==="failed"||n==="invalid"?"failed":"warning"} reason">${s.reason}</p>`}
  </header>`}async function nn(s){let e=document.createElement("a");e.href=x`/api/v1/dags/${s}`,e.download=`${s}.json`,e.click()}function rn({dag:s}){let e=ke(s.name).value,{errors:t,fullest:n,slowest:o}=Gt(e),r=e?.row,i=(l,u,c="",d=null)=>a`<div><dt>${l}</dt><dd><span class="value">${u}${c&&u!==ve&&a`<small>${c}</small>`}</span>${d}</dd></div>`;return a`<dl class="pulse">
    ${i(_e.in,L(r?.inRate??s.in_rate),"/s")}
    ${i(_e.out,L(r?.outRate??s.out_rate),"/s")}
    ${i(_e.fullest,n?`${Math.round(n.fill*100)}%`:ve,"",n&&$t(n.fill)!=="ok"?a`<${Qe} fill=${n.fill} bare />`:null)}
    ${i(_e.waiting,L(r?.queue??s.queue))}
    ${i(_e.slowest,Ne(o),"ms")}
    ${i(_e.errors,a`<span class=${(r?.errors??0)>0?"text-failed":""}>${L(r?.errors??s.errors)}</span>`)}
    ${i(_e.errorsAll,L(t))}
  </dl>`}function an({name:s,tab:e,counts:t}){let n=lt.value==="paused";return a`<nav class="tabs" aria-label=${_e.views}>
    ${sn.map(o=>a`<a href=${`/dags/${s}${o==="graph"?"":`?tab=${o}`}`} aria-current=${o===e?"page":void 0}>
        ${_e.tabs[o]}${t[o]!==null&&t[o]!==void 0&&a`<span class="count-pill ${o==="errors"&&t[o]?"count-pill--failed":""}">${L(t[o])}</span>`}
      </a>`)}
    <span class="spacer"></span>
    <span class="live hide-phone ${lt.value==="open"?"":"live--lost"}"><${g} name="tap" small />${m.live[lt.value||"lost"]}</span>
    <button class="button button--quiet hide-phone" type="button" onClick=${()=>es(!n)}><${g} name=${n?"start":"pause"} small />${n?m.live.resume:m.live.pause}</button>
  </nav>`}function Fs({name:s}){let e=A(()=>E(x`/dags/${s}/details`),[s,Yt.value]),t=ke(s).value,{query:n}=ne.value,o=n.get("tab")??"graph",r=n.get("node"),i=n.get("panel");if(M(()=>ut(`dag:${s}`),[s]),M(()=>{!i||!e.data||(le({panel:null}),i==="why"?Ht(s):i==="clone"&&jt(e.data))},[i,!!e.data]),!e.data)return a`<main id="main" class="page">${e.error?a`<${Ze} error=${e.error} retry=${e.reload} />`:a`<${dt} lines=${10} />`}</main>`;let l=e.data,u=p=>le({node:p}),c={graph:()=>a`<${qs} dag=${l} selected=${r} onSelect=${u} />`,nodes:()=>a`<${Os} dag=${l} onOpen=${u} />`,errors:()=>a`<${Es} dag=${l} onOpen=${u} />`,metrics:()=>a`<${Ts} name=${s} />`,definition:()=>a`<${Ns} dag=${l} />`,revisions:()=>a`<${Ls} dag=${l} reload=${e.reload} />`}[o],d=r!==null&&l.nodes[r];return a`<div class="dag-layout ${d?"dag-layout--drawer":""}">
    <main id="main" class="dag-main">
      <${on} dag=${l} reload=${e.reload} />
      <${rn} dag=${l} />
      <${an} name=${s} tab=${o} counts=${{nodes:Object.keys(l.nodes).length,errors:t?Gt(t).errors:null}} />
      ${c?c():a`<${Ze} error=${{message:o}} />`}
    </main>
    ${d&&a`<${_s} key=${r} dag=${l} node=${l.nodes[r]} onClose=${()=>u(null)} reload=${e.reload} />`}
  </div>`}var se=m.letters,Ws=50;function Js({name:s}){let[e,t]=b([null]),[n,o]=b(new Set),[r,i]=b(""),l=e.length-1,u=A(()=>E(x`/dags/${s}/dead-letters`+ae({limit:Ws,cursor:e[l]})),[s,e[l]]),c=()=>{o(new Set),u.reload()},d=async h=>{try{let y=await ue(x`/dags/${s}/dead-letters/redrive`,{ids:h});B(se.redriven(y.count))}catch(y){fe(se.notRedriven,y)}c()},p=(h,y)=>G(()=>a`<${Me}
        title=${se.discardTitle(y)}
        detail=${se.discardDetail}
        action=${se.discard}
        run=${async()=>{try{let{body:S}=await z("DELETE",x`/dags/${s}/dead-letters`+ae({ids:h==="all"?"all":h.join(",")}));B(se.discarded(S.count))}catch(S){fe(se.notDiscarded,S)}c()}}
      />`),$=[...n];return M(()=>o(new Set),[e[l]]),a`<main id="main" class="page">
    <div class="page-head">
      <a class="crumb" href="/">${m.nav.dags}</a><span class="muted" aria-hidden="true">/</span>
      <a class="crumb truncate" href=${`/dags/${s}`}>${s}</a><span class="muted" aria-hidden="true">/</span>
      <h1>${se.title}</h1>
      <span class="spacer"></span>
      ${(u.data?.total??0)>0&&De.value&&a`<button class="button" type="button" onClick=${()=>d("all")}><${g} name="restart" />${se.redriveAll}</button>`}
      ${(u.data?.total??0)>0&&xe.value&&a`<button class="button button--quiet button--danger" type="button" onClick=${()=>p("all",u.data.total)}><${g} name="delete" />${se.discardAll}</button>`}
    </div>
    <section class="panel table-wrap">
      <${q} of=${u} lines=${6}>
        ${h=>h.items.length===0?a`<${de} title=${se.empty} detail=${se.emptyDetail} drawing=${a`<${g} name="letters" />`} />`:a`<${$e}
                  label=${se.title}
                  items=${h.items}
                  keyOf=${y=>String(y.id)}
                  selected=${De.value?n:void 0}
                  onSelect=${o}
                  columns=${[{key:"time",label:se.columns.time,cell:y=>be(y.time)},{key:"place",label:se.columns.place,cell:y=>a`<b>${y.node??y.publisher??y.subscriber??""}</b>`},{key:"error",label:se.columns.error,cell:y=>a`<span class="truncate error-text" title=${y.error}>${y.error}</span>`},{key:"cycle",label:se.columns.cycle,number:!0,cell:y=>Te(y.cycle)},{key:"state",label:se.columns.state,cell:y=>a`<span class="muted">${y.state}</span>`},{key:"more",label:"",number:!0,bare:!0,cell:y=>a`<button class="button button--small" type="button" aria-expanded=${r===String(y.id)} onClick=${()=>i(r===String(y.id)?"":String(y.id))}>${se.show}</button>`}]}
                />
                ${r&&a`<div class="panel-body"><${ce} source=${ln(h.items.find(y=>String(y.id)===r))} label=${se.message} /></div>`}
                <footer class="panel-foot">
                  ${$.length>0&&a`<div class="bulk"><b>${m.dashboard.selected($.length)}</b>
                    <button class="button button--small" type="button" onClick=${()=>d($)}><${g} name="restart" small />${se.redrive}</button>
                    ${xe.value&&a`<button class="button button--small button--quiet button--danger" type="button" onClick=${()=>p($,$.length)}><${g} name="delete" small />${se.discard}</button>`}
                  </div>`}
                  <${ft} total=${h.total} limit=${Ws} page=${l} count=${h.items.length} hasNext=${!!h.next_cursor} onPage=${y=>t(y>l?[...e,h.next_cursor]:e.slice(0,y+1))} />
                </footer>`}
      <//>
    </section>
  </main>`}function ln(s){return s?JSON.stringify(s,null,2):""}function D(s,e){return Array.isArray(s[e])||(s[e]=[]),s[e]}function ot(s,e){let t=new Set(["subscribers","publishers","calculators","transformers","nodes"].flatMap(r=>D(s,r).map(i=>i?.name))),n=e.replace(/[^A-Za-z0-9_]/g,"_").replace(/^_+$/,"part")||"part",o=n;for(let r=2;t.has(o);r++)o=`${n}_${r}`;return o}function cn(s){return s.replace(/(Calculator|Transformer|Node)$/,"").replace(/([a-z])([A-Z])/g,"$1_$2").toLowerCase()}var un={subscriber:"subscribers",publisher:"publishers",calculator:"calculators",transformer:"transformers",node:"nodes"};function Hs(s,e){let t=structuredClone(e.example??{}),n=un[e.kind],o=cn(e.type.replace(/[^A-Za-z0-9_]/g,"_")),r=e.kind==="node"?t:{...t};if(r.name=ot(s,e.kind==="subscriber"?`${o}_in`:e.kind==="publisher"?`${o}_out`:o),e.kind==="node"){for(let l of["subscriber","calculator","publishers","input_transformers","output_transformers"])delete r[l];return r.type??=e.type,D(s,"nodes").push(r),r.name}if(D(s,n).push(r),e.kind==="transformer")return"";let i=e.kind==="subscriber"?{name:ot(s,`read_${r.name}`),type:"SubscriptionNode",config:{},subscriber:r.name}:e.kind==="publisher"?{name:ot(s,`write_${r.name}`),type:"PublicationNode",config:{},publishers:[r.name]}:{name:ot(s,`do_${r.name}`),type:"CalculationNode",config:{},calculator:r.name};return D(s,"nodes").push(i),i.name}function nt(s,e,t){let n=D(s,"edges");e!==t&&!n.some(o=>o.from_node===e&&o.to_node===t)&&n.push({from_node:e,to_node:t})}function Ue(s,e,t){s.edges=D(s,"edges").filter(n=>n.from_node!==e||n.to_node!==t)}function _t(s,e){let t=D(s,"nodes").find(o=>o.name===e);if(s.nodes=s.nodes.filter(o=>o!==t),s.edges=D(s,"edges").filter(o=>o.from_node!==e&&o.to_node!==e),!t)return;let n=o=>JSON.stringify([s.nodes,s.edges]).includes(JSON.stringify(o));for(let[o,r]of[["subscribers",[t.subscriber]],["calculators",[t.calculator]],["publishers",t.publishers??[]]])for(let i of r)i&&!n(i)&&(s[o]=D(s,o).filter(l=>l.name!==i))}function Gs(s,e,t){for(let n of D(s,"nodes"))n.name===e&&(n.name=t);for(let n of D(s,"edges"))n.from_node===e&&(n.from_node=t),n.to_node===e&&(n.to_node=t)}function Ks(s,e,t,n){let o=i=>Array.isArray(i)?i.map(l=>l===t?n:l):i===t?n:i,r={subscribers:["subscriber"],calculators:["calculator"],publishers:["publishers"],transformers:["input_transformers","output_transformers"]};for(let i of D(s,e))i.name===t&&(i.name=n);for(let i of D(s,"nodes"))for(let l of r[e]??[])i[l]!==void 0&&(i[l]=o(i[l]));if(e==="transformers")for(let i of D(s,"edges"))i.transformer!==void 0&&(i.transformer=o(i.transformer))}function Vs(s,e){let t=(n,o)=>D(s,n).find(r=>r?.name===o);return e?.subscriber?{area:"subscribers",kind:"subscriber",part:t("subscribers",e.subscriber)}:e?.calculator?{area:"calculators",kind:"calculator",part:t("calculators",e.calculator)}:e?.publishers?.[0]?{area:"publishers",kind:"publisher",part:t("publishers",e.publishers[0])}:null}function Us(s,e){let t=s==="subscriber"?e?.config?.source??e?.source:s==="publisher"?e?.config?.destination??e?.destination:null;return t?/^([a-z0-9+.-]+):/i.exec(t)?.[1]??"":String(e?.type??"")}function Xs(s,e){let t=D(s,"nodes").filter(o=>e.includes(o.name)),n=(o,r)=>D(s,o).filter(i=>r.includes(i.name));return{dagd:"nodes",nodes:t,edges:D(s,"edges").filter(o=>e.includes(o.from_node)&&e.includes(o.to_node)),subscribers:n("subscribers",t.map(o=>o.subscriber)),calculators:n("calculators",t.map(o=>o.calculator)),publishers:n("publishers",t.flatMap(o=>o.publishers??[]))}}function Zs(s,e){let t={},n=r=>t[r]??r,o=structuredClone(e);for(let r of["subscribers","calculators","publishers","nodes"])for(let i of o[r]??[])t[i.name]=ot(s,i.name),i.name=t[i.name],D(s,r).push(i);for(let r of o.nodes??[])r.subscriber&&(r.subscriber=n(r.subscriber)),r.calculator&&(r.calculator=n(r.calculator)),r.publishers&&(r.publishers=r.publishers.map(n));for(let r of o.edges??[])D(s,"edges").push({...r,from_node:n(r.from_node),to_node:n(r.to_node)});return(o.nodes??[]).map(r=>r.name)}function Kt(s,e){let[,t,n]=e.split("/"),o=s?.[t]?.[Number(n)];return o?t==="nodes"?o.name??null:t==="edges"?o.from_node??null:D(s,"nodes").find(i=>i.subscriber===o.name||i.calculator===o.name||i.publishers?.includes(o.name))?.name??null:null}var dn=m.editor,Vt=["subscriber","calculator","publisher","transformer","node"];function Qs({components:s,onAdd:e,inputRef:t}){let[n,o]=b(""),r=n.toLowerCase(),i=s.filter(u=>`${u.type} ${u.name} ${u.summary}`.toLowerCase().includes(r)),l=i.slice().sort((u,c)=>Vt.indexOf(u.kind)-Vt.indexOf(c.kind))[0];return a`<div class="palette">
    <form onSubmit=${u=>{u.preventDefault(),n&&l&&e(l)}}><${we} label=${dn.palette} value=${n} onInput=${o} inputRef=${t} kbd="A" /></form>
    ${Vt.map(u=>{let c=i.filter(d=>d.kind===u).sort((d,p)=>Number(p.is_available)-Number(d.is_available));return c.length>0&&a`<section key=${u}><h3>${m.components.plurals[u]}</h3>
          <ul>${c.map(d=>a`<li key=${d.type}>
              <button
                class="palette-item ${d.is_available?"":"palette-item--missing"}"
                type="button"
                draggable="true"
                title=${d.is_available?d.summary:`${d.summary} (${m.components.missing})`}
                onDragStart=${p=>p.dataTransfer?.setData("application/x-dagd-component",`${d.kind} ${d.type}`)}
                onClick=${()=>e(d)}
              ><${g} name=${Be(`${d.type} ${d.address??""}`)} small /><span class="truncate">${d.type}</span></button>
            </li>`)}</ul></section>`})}
    ${i.length===0&&a`<p class="muted">${m.components.none}</p>`}
  </div>`}var rt=m.editor;function pn(s){let e=[s.type].flat();return s.enum?"choice":e.includes("boolean")?"check":e.includes("array")&&(!s.items||[s.items.type].flat().includes("string"))?"list":e.includes("integer")||e.includes("number")?e.includes("string")?"text":"number":e.includes("string")?s["x-ui"]?.secret?"secret":"text":"json"}function mn({name:s,schema:e,value:t,isRequired:n,problem:o,onChange:r}){let i=Xt(),[l,u]=b(null),[c,d]=b(""),p=pn(e),$=e.description??e["x-ui"]?.help,h=a`<code>${s}</code>`,y=n?void 0:m.common.optional,S=e.default===void 0||e.default===null?"":String(typeof e.default=="object"?JSON.stringify(e.default):e.default);if(p==="check")return a`<${Le} label=${h} help=${$} checked=${t??e.default??!1} onInput=${r} />`;if(p==="choice")return a`<${ge}
      label=${h}
      help=${$}
      problem=${o}
      value=${t===void 0?"":String(t)}
      onInput=${w=>r(w===""?void 0:e.enum.find(f=>String(f)===w))}
      options=${[...n&&t!==void 0?[]:[{value:"",label:S?rt.byDefault(S):rt.notSet}],...e.enum.map(w=>({value:String(w),label:String(w)}))]}
    />`;let I=l??(t===void 0?"":p==="list"&&Array.isArray(t)?t.join(", "):typeof t=="object"?JSON.stringify(t,null,1):String(t)),C=w=>{if(u(w),d(""),w.trim()==="")r(void 0);else if(p==="list")r(w.split(",").map(f=>f.trim()).filter(Boolean));else if(p==="number")Number.isFinite(Number(w))?r(Number(w)):d(rt.noNumber);else if(p==="json")try{r(JSON.parse(w))}catch(f){d(String(f.message))}else r(w)},k={id:i,value:I,placeholder:S,spellcheck:!1,"aria-invalid":c||o?"true":void 0,"aria-describedby":`${i}-help`,onInput:w=>C(w.target.value),onBlur:()=>u(null)};return a`<${pt} label=${h} for=${i} optional=${y} help=${$??(p==="list"?rt.listHelp:"")} problem=${c||o}>
    ${p==="json"?a`<textarea class="input mono" rows=${Math.min(8,I.split(`
`).length+1)} ...${k}></textarea>`:a`<input class="input ${p==="list"?"mono":""}" type=${p==="secret"?"password":"text"} inputmode=${p==="number"?"decimal":void 0} autocomplete="off" ...${k} />`}
  <//>`}function Ut({schema:s,value:e,problems:t={},onChange:n,skip:o=[]}){let r=new Set(s?.required??[]),i=Object.keys(s?.properties??{}).filter(p=>!o.includes(p)),l=p=>s.properties[p]["x-ui"]?.order??1e3,u=i.filter(p=>r.has(p)||e?.[p]!==void 0).sort((p,$)=>l(p)-l($)),c=i.filter(p=>!u.includes(p)).sort((p,$)=>l(p)-l($)),d=p=>a`<${mn} key=${p} name=${p} schema=${s.properties[p]} value=${e?.[p]} isRequired=${r.has(p)} problem=${t[p]} onChange=${$=>n(p,$)} />`;return a`${u.map(d)}${c.length>0&&a`<details class="more-options"><summary>${rt.moreOptions(c.length)}</summary><div class="stack">${c.map(d)}</div></details>`}`}var W=m.editor,$n=/^(?=.*[A-Za-z])[A-Za-z0-9_]{1,1024}$/;function Ys({label:s,value:e,taken:t,onRename:n}){let[o,r]=b(e),i=o===e?"":$n.test(o)?t.has(o)?W.nameTaken:"":W.badName;return a`<${me} label=${s} value=${o} mono problem=${i} onInput=${r} />
    ${o!==e&&!i&&a`<button class="button button--small" type="button" onClick=${()=>n(o)}>${W.rename}</button>`}`}function Ot(s,e,t){t===void 0?delete s[e]:s[e]=t}function eo({draft:s,doc:e,node:t,edge:n,components:o,problems:r,onSelect:i}){let l=t&&D(e,"nodes").find(c=>c.name===t),u=n&&D(e,"edges").find(c=>`${c.from_node}_to_${c.to_node}`===n);return l?a`<${hn} key=${t} draft=${s} doc=${e} node=${l} components=${o} problems=${r} onSelect=${i} />`:u?a`<${bn} key=${n} draft=${s} doc=${e} edge=${u} onSelect=${i} />`:a`<${fn} draft=${s} doc=${e} />`}function fn({draft:s,doc:e}){let t=(o,r,i="",l="")=>a`<${me}
    label=${r}
    value=${e[o]??""}
    placeholder=${i}
    help=${l}
    mono
    onInput=${u=>s.change(c=>Ot(c,o,u||void 0))}
  />`,n=D(structuredClone(e),"transformers");return a`<div class="pad stack">
    <h2>${W.dag}</h2>
    ${t("name",W.name)}
    <div class="field-row">${t("start_time",W.start,"09:00")}${t("end_time",W.end,"17:30")}${t("duration",W.duration,"8h")}</div>
    ${n.length>0&&a`<div class="field"><span class="field-label">${W.transformers}</span><ul class="stack stack--tight">${n.map(o=>a`<li class="mono">${o.name} <span class="muted">${o.type}</span></li>`)}</ul></div>`}
    <p class="muted">${W.selectHint}</p>
  </div>`}function hn({draft:s,doc:e,node:t,components:n,problems:o,onSelect:r}){let i=D(e,"nodes").indexOf(t),l=Vs(e,t),u=l?Us(l.kind,l.part):t.type,c=n.find(f=>f.kind===(l?.kind??"node")&&(f.type===u||f.name===u)),d=new Set(D(e,"nodes").map(f=>f.name)),p=o.filter(f=>f.pointer.startsWith(`/nodes/${i}`)),$=l?D(e,l.area).indexOf(l.part):-1,h={};for(let f of o){let R=l&&new RegExp(`^/${l.area}/${$}/(?:config/)?([^/]+)`).exec(f.pointer);R&&(h[R[1]]=f.message)}let y=l&&l.part&&!l.part.config,S=l?y?l.part:l.part?.config:t.config,I=(f,R)=>s.change(j=>{let N=l?D(j,l.area)[$]:D(j,"nodes")[i];Ot(y?N:N.config??={},f,R)}),C=[...d].filter(f=>f!==t.name),k=D(e,"edges").filter(f=>f.to_node===t.name),w=D(e,"edges").filter(f=>f.from_node===t.name);return a`<div class="pad stack">
    <header class="row"><h2 class="truncate">${t.name}</h2><span class="tag">${t.type}</span><span class="spacer"></span>
      <button class="button button--small button--danger" type="button" onClick=${()=>{s.change(f=>_t(f,t.name)),r(null)}}><${g} name="delete" small />${W.remove}</button></header>
    ${p.map(f=>a`<p class="note note--${f.severity==="error"?"failed":"warning"}">${f.message}</p>`)}
    <${Ys} label=${W.name} value=${t.name} taken=${d} onRename=${f=>{s.change(R=>Gs(R,t.name,f)),r(f)}} />
    ${l?.part&&a`<section class="stack part-form"><h3>${W.kinds[l.kind]} <span class="muted">${u}</span></h3>
      ${c?.summary&&a`<p class="muted">${c.summary}</p>`}
      <${Ys} label=${W.partName} value=${l.part.name} taken=${new Set(D(e,l.area).map(f=>f.name))} onRename=${f=>s.change(R=>Ks(R,l.area,l.part.name,f))} />
      ${c?a`<${Ut} schema=${c.schema} value=${S} problems=${h} onChange=${I} />`:a`<p class="muted">${W.noSchema}</p>`}
    </section>`}
    ${!l&&c&&Object.keys(c.schema?.properties??{}).length>0&&a`<section class="stack part-form"><h3>${W.config}</h3><${Ut} schema=${c.schema} value=${S} onChange=${I} skip=${["subscriber","calculator","publishers"]} /></section>`}
    <section class="stack"><h3>${W.edges}</h3>
      <ul class="edge-list">
        ${k.map(f=>a`<li><span class="muted">${W.fromNode}</span> ${f.from_node}<button class="button button--quiet button--icon button--small" type="button" aria-label=${W.disconnect(f.from_node,t.name)} onClick=${()=>s.change(R=>Ue(R,f.from_node,t.name))}><${g} name="close" small /></button></li>`)}
        ${w.map(f=>a`<li><span class="muted">${W.toNode}</span> ${f.to_node}<button class="button button--quiet button--icon button--small" type="button" aria-label=${W.disconnect(t.name,f.to_node)} onClick=${()=>s.change(R=>Ue(R,t.name,f.to_node))}><${g} name="close" small /></button></li>`)}
      </ul>
      ${C.length>0&&a`<${ge}
        label=${W.connectTo}
        value=""
        onInput=${f=>f&&s.change(R=>nt(R,t.name,f))}
        options=${[{value:"",label:W.choose},...C.filter(f=>!w.some(R=>R.to_node===f)).map(f=>({value:f,label:f}))]}
      />`}
    </section>
  </div>`}function bn({draft:s,doc:e,edge:t,onSelect:n}){let o=D(e,"edges").indexOf(t),r=[...D(structuredClone(e),"transformers").map(l=>l.name)],i=(l,u)=>s.change(c=>Ot(D(c,"edges")[o],l,u||void 0));return a`<div class="pad stack">
    <header class="row"><h2 class="truncate">${t.from_node} → ${t.to_node}</h2><span class="spacer"></span>
      <button class="button button--small button--danger" type="button" onClick=${()=>{s.change(l=>Ue(l,t.from_node,t.to_node)),n(null)}}><${g} name="delete" small />${W.remove}</button></header>
    <${ge} label=${W.transformer} value=${t.transformer??""} onInput=${l=>i("transformer",l)} options=${[{value:"",label:W.none},...r.map(l=>({value:l,label:l}))]} />
    <${me} label=${a`<code>pname</code>`} value=${t.pname??""} mono help=${W.pnameHelp} optional=${m.common.optional} onInput=${l=>i("pname",l)} />
  </div>`}var re=m.editor;function to(s){G(()=>s.name?a`<${yn} ...${s} />`:a`<${gn} ...${s} />`)}function so({error:s}){return s?a`<div class="note note--failed" role="alert"><${U} name="failed" tone="failed" />
    <div>${s.message}${(s.errors??[]).slice(0,5).map(e=>a`<br /><span class="mono">${e.pointer}</span> ${e.message}`)}</div></div>`:null}function gn({draft:s,onSaved:e}){let[t,n]=b(!1),[o,r]=b(null),i=s.good.name??"",l=async()=>{try{let{body:u,etag:c}=await z("POST","/dags"+ae({start:t}),{body:s.source.peek()});ie(),B(re.created(u.name)),e(u.name,c)}catch(u){r(u)}};return a`<${pe} title=${re.createTitle(i)} onSubmit=${l} foot=${a`<span class="spacer"></span><button class="button" type="button" onClick=${ie}>${m.common.cancel}</button><button class="button button--primary" type="submit"><${g} name="check" />${re.create}</button>`}>
    <${Le} label=${m.clone.start} checked=${t} onInput=${n} />
    <${so} error=${o} />
  <//>`}function yn({draft:s,name:e,onSaved:t}){let n=A(()=>ue(x`/dags/${e}/plan`,s.source.peek()),[e]),[o,r]=b(null),i=async l=>{try{let u=await z("PUT",x`/dags/${e}`,{body:s.source.peek(),ifMatch:l});ie(),B(re.saved(e)),t(e,u.etag)}catch(u){u instanceof Zt&&u.status===412?G(()=>a`<${wn} draft=${s} name=${e} onSaved=${t} />`):r(u)}};return a`<${pe}
    wide
    title=${re.saveTitle(e)}
    onSubmit=${()=>i(s.revision)}
    side=${a`<h3>${re.means}</h3><${q} of=${n}>${l=>a`<${vn} plan=${l} />`}<//>`}
    foot=${a`<span class="spacer"></span><button class="button" type="button" onClick=${ie}>${m.common.cancel}</button><button class="button button--primary" type="submit" disabled=${!!n.error}><${g} name="check" />${m.common.save}</button>`}
  >
    <${q} of=${n}>${l=>a`<${je} source=${l.diff||" "} label=${re.changes} />`}<//>
    <${so} error=${o} />
  <//>`}function vn({plan:s}){let e=s.parts.filter(n=>n.action!=="keep"),t=s.parts.length-e.length;return a`<ul class="stack stack--tight plan">
    ${e.map(n=>a`<li><b>${n.name}</b> <span class="tag">${re.plan[n.action]??n.action}</span><br /><span class="muted">${n.why}</span></li>`)}
    ${t>0&&a`<li class="muted">${re.kept(t)}</li>`}
  </ul>`}function wn({draft:s,name:e,onSaved:t}){let n=A(()=>z("GET",x`/dags/${e}`),[e]),o=s.base.peek(),r=()=>{s.settle(n.data?.text??"",n.data?.etag??""),ie()},i=async()=>{let l=await z("PUT",x`/dags/${e}`,{body:s.source.peek(),ifMatch:n.data?.etag}).catch(()=>null);if(!l){n.reload();return}ie(),B(re.saved(e)),t(e,l.etag)};return a`<${pe}
    wide
    title=${re.conflictTitle(e)}
    note=${re.conflictNote}
    side=${a`<h3>${re.yours}</h3><${je} source=${et(o,s.source.peek())} label=${re.yours} />`}
    foot=${a`<span class="spacer"></span><button class="button" type="button" onClick=${ie}>${re.keepEditing}</button><button class="button" type="button" onClick=${r}>${re.takeTheirs}</button><button class="button button--primary" type="button" onClick=${i}>${re.saveOurs}</button>`}
  >
    <h3>${re.theirs}</h3>
    <${q} of=${n}>${l=>a`<${je} source=${et(o,l.text)} label=${re.theirs} />`}<//>
  <//>`}var V=m.editor,kn=300,oo={name:"new_dag",subscribers:[],publishers:[],calculators:[],transformers:[],nodes:[],edges:[]};function no({name:s}){let e=A(async()=>{let[t,n,o]=await Promise.all([s?z("GET",x`/dags/${s}`):Promise.resolve({text:xn(),etag:""}),E("/components"),s?E(x`/dags/${s}/layout`).catch(()=>({})):Promise.resolve({})]);return{definition:t,components:n.items,layout:o??{}}},[s]);return e.data?a`<${Sn} name=${s??null} ...${e.data} />`:a`<main id="main" class="page">${e.error?a`<${Ze} error=${e.error} retry=${e.reload} />`:a`<${dt} lines=${10} />`}</main>`}function xn(){return(ne.value.query.get("from")==="upload"?JSON.parse(sessionStorage.getItem("dagd.upload")??"null"):null)?.text??Fe(oo)}function Sn({name:s,definition:e,components:t,layout:n}){let o=qe(()=>new ht(s??"*new*",e.text,{base:e.text,revision:e.etag}),[s]),[r,i]=b([]),[l,u]=b([]),[c,d]=b(null),[p,$]=b(!1),h=oe(null),y=oe(null),S=ne.value.query.get("view")??"graph",I=o.source.value,{doc:C,problem:k}=o.parsed.value,w=C===null,f=o.good,R=l.length===1?l[0]:null,j=r.filter(O=>O.severity!=="warning"&&O.severity!=="note"),N=O=>{d(null),u(O?[O]:[])};M(()=>(Xe.isDirty=()=>o.isDirty.peek(),Xe.ask=()=>confirm(V.leave),ne.value.query.get("from")==="upload"&&!s&&(o.base.value=Fe(oo)),()=>{Xe.isDirty=null,o.close()}),[o]),M(()=>{let O=new AbortController,Q=setTimeout(async()=>{try{let K=await ue("/validate",I,{signal:O.signal});i(K.problems),$(!0)}catch(K){let Pe=K.errors;Pe?.length?i(Pe):O.signal.aborted||$(!1)}},kn);return()=>{clearTimeout(Q),O.abort()}},[I]);let P=()=>{if(!Dt.value){if(j.length){Z(j[0]),Lt(V.firstProblem,j[0].message);return}to({draft:o,name:s,onSaved:(O,Q)=>{o.settle(o.source.peek(),Q),Xe.isDirty=null,it(`/dags/${O}`)}})}},Z=O=>{let Q=Kt(f,O.pointer);Q&&N(Q),S!=="graph"&&h.current?.go(O.line,O.column)},H=O=>{let Q="";w||(o.change(K=>{Q=Hs(K,O),Q&&R&&O.kind!=="subscriber"&&nt(K,R,Q)}),Q?N(Q):B(V.added(O.type)))},Oe=()=>{if(!w){if(c){let O=f.edges.find(Q=>`${Q.from_node}_to_${Q.to_node}`===c);O&&o.change(Q=>Ue(Q,O.from_node,O.to_node))}else l.length&&o.change(O=>l.forEach(Q=>_t(O,Q)));N(null)}};return M(()=>{let O=K=>{let Pe=K.target.closest("input, textarea, select, .editor-text")!==null,Ae=K.ctrlKey||K.metaKey;if(!Dt.value){if(Ae&&K.key==="s")P();else{if(Pe)return;if(Ae&&K.key==="z"&&!K.shiftKey)o.undo();else if(Ae&&(K.key==="y"||K.key==="z"&&K.shiftKey))o.redo();else if(Ae&&K.key==="c"&&l.length&&!String(getSelection()))navigator.clipboard.writeText(JSON.stringify(Xs(f,l),null,2)).then(()=>B(m.common.copied));else if(Ae&&K.key==="a")u(f.nodes.map(At=>At.name));else if(K.key==="Delete"||K.key==="Backspace")Oe();else if(K.key.toLowerCase()==="a"&&!Ae)y.current?.focus();else return}K.preventDefault()}},Q=K=>{if(!(K.target.closest?.("input, textarea, .editor-text")||w))try{let Pe=JSON.parse(K.clipboardData?.getData("text")??""),Ae=[];if(Pe.dagd!=="nodes")return;o.change(At=>Ae=Zs(At,Pe)),u(Ae)}catch{Lt(V.noNodes)}};return document.addEventListener("keydown",O),document.addEventListener("paste",Q),()=>{document.removeEventListener("keydown",O),document.removeEventListener("paste",Q)}}),a`<main id="main" class="editor">
    <header class="editor-head">
      <a class="crumb" href=${s?`/dags/${s}`:"/"}>${s??m.nav.dags}</a><span class="muted" aria-hidden="true">/</span>
      <h1 class="truncate">${s?V.title:V.newTitle}</h1>
      <span class="muted hide-phone">${o.isDirty.value?V.unsaved:V.same}</span>
      <span class="spacer"></span>
      <${ze} label=${V.views} value=${S} onInput=${O=>le({view:O})} options=${["graph","json","both"].map(O=>({value:O,label:V.viewNames[O]}))} />
      <div class="button-row">
        <button class="button button--icon" type="button" aria-label=${V.undo} disabled=${o.steps.value>=0&&o.past.length===0} onClick=${()=>o.undo()}><${g} name="undo" /></button>
        <button class="button button--icon" type="button" aria-label=${V.redo} disabled=${o.steps.value>=0&&o.future.length===0} onClick=${()=>o.redo()}><${g} name="redo" /></button>
        <button class="button button--primary" type="button" disabled=${!o.isDirty.value&&s!==null} onClick=${P}><${g} name="check" />${m.common.save}</button>
      </div>
    </header>
    ${o.isRestored&&o.isDirty.value&&a`<div class="banner banner--waiting" role="status"><${U} name="waiting" tone="waiting" />${o.isBehind?V.restoredOld:V.restored}<span class="spacer"></span><button class="button button--small" type="button" onClick=${()=>o.settle(e.text,e.etag)}>${V.throwAway}</button></div>`}
    <div class="editor-body editor-body--${S}">
      <${Qs} components=${t} onAdd=${H} inputRef=${y} />
      <div class="editor-work">
        ${S!=="json"&&a`<${Cn} draft=${o} doc=${f} name=${s} layout=${n} problems=${r} components=${t} isFrozen=${w} frozenBy=${k} selected=${l} edge=${c} onSelect=${N} onSelectMany=${u} onSelectEdge=${O=>{u([]),d(O)}} onAdd=${H} />`}
        ${S!=="graph"&&a`<${_n} draft=${o} problems=${r} code=${h} onSave=${P} />`}
      </div>
      <aside class="editor-side" aria-label=${V.properties}><${eo} draft=${o} doc=${f} node=${R} edge=${c} components=${t} problems=${r} onSelect=${N} /></aside>
    </div>
    <${On} problems=${r} isReady=${p} onOpen=${Z} />
  </main>`}function Cn({draft:s,doc:e,name:t,layout:n,problems:o,components:r,isFrozen:i,frozenBy:l,selected:u,edge:c,onSelect:d,onSelectEdge:p,onAdd:$}){let h=oe(null),y=oe(null),S=oe({LR:{},TB:{},...n}),[I,C]=b(Ct()),[k,w]=b({zoom:1}),f=ne.value.query.get("view")==="both",R=oe({}),j=qe(()=>{let P=ys(e),Z=new Set(o.filter(H=>H.severity==="error").map(H=>Kt(e,H.pointer)));for(let H of P.nodes)H.mark=Z.has(H.name)?"problem":"";return P},[e,o]);return R.current={onSelect:d,onSelectEdge:p,draft:s,direction:I,name:t},M(()=>{let P=()=>R.current,Z=new Ve(h.current,{isEditor:!0,onSelect:H=>P().onSelect(H),onSelectEdge:H=>P().onSelectEdge(H),onConnect:(H,Oe)=>P().draft.change(O=>nt(O,H,Oe)),onMove:(H,Oe)=>{S.current[P().direction]={...S.current[P().direction],[H]:Oe},P().name&&Rs(P().name,S.current).catch(O=>fe(V.layoutNotKept,O))},onView:w});return y.current=Z,()=>Z.destroy()},[]),M(()=>C(f?"TB":Ct()),[f]),M(()=>{let P=!0,Z=y.current;return St(j.nodes,j.edges,I,Z.size).then(H=>{P&&(Z.draw(j,Wt(S.current,I,{...H}),I),Z.select(u[0]??null))}),()=>{P=!1}},[j,I]),M(()=>{c?y.current?.selectEdge(c):y.current?.select(u[0]??null,{reveal:!0})},[u,c]),a`<div class="canvas ${i?"canvas--frozen":""}" onDragOver=${P=>P.preventDefault()} onDrop=${P=>{let[Z,H]=(P.dataTransfer?.getData("application/x-dagd-component")??"").split(" "),Oe=r.find(O=>O.kind===Z&&O.type===H);P.preventDefault(),Oe&&$(Oe)}}>
    <svg class="graph" ref=${h} role="group" aria-label=${m.graph.of(e.name??"")}></svg>
    ${i&&a`<p class="note note--warning frozen-note" role="status"><${U} name="warning" tone="warning" />${V.frozen(l)}</p>`}
    ${j.nodes.length===0&&a`<p class="board-hint muted">${V.boardHint}</p>`}
    <${Jt} canvas=${y.current} zoom=${k.zoom} direction=${I} onTurn=${()=>C(I==="LR"?"TB":"LR")} />
  </div>`}function _n({draft:s,problems:e,code:t,onSave:n}){let o=oe(null),[r,i]=b(!1),l=oe(n);return l.current=n,M(()=>{let u=!0;return import("./part-SME3P5AR.js").then(({makeCode:c})=>{!u||!o.current||(t.current=c(o.current,{source:s.source.peek(),label:V.json,onChange:d=>s.set(d,!0),onSave:()=>l.current(),onUndo:()=>s.undo(),onRedo:()=>s.redo()}),i(!0))}),()=>{u=!1,t.current?.destroy(),t.current=null}},[s]),M(()=>t.current?.set(s.source.value),[s.source.value,r]),M(()=>t.current?.mark(e),[e,r]),a`<div class="editor-text" ref=${o}></div>`}function On({problems:s,isReady:e,onOpen:t}){let n=s.filter(o=>o.severity!=="note");return a`<section class="problems" aria-label=${V.problems}>
    <header class="row"><h2>${V.problems}</h2><span class="count-pill ${n.length?"count-pill--failed":""}">${n.length}</span>${n.length===0&&e&&a`<span class="muted row"><${U} name="done" tone="done" />${V.good}</span>`}</header>
    ${n.length>0&&a`<ul>
      ${n.map(o=>a`<li key=${`${o.pointer} ${o.code}`}><button type="button" onClick=${()=>t(o)}>
          <${U} name=${o.severity==="warning"?"warning":"failed"} tone=${o.severity==="warning"?"warning":"failed"} /><span>${o.message}${o.suggestion&&a` <b>${V.suggestion(o.suggestion)}</b>`}</span>
          <span class="muted mono hide-phone">${o.pointer}</span><span class="muted">${V.line(o.line)}</span></button></li>`)}
    </ul>`}
  </section>`}var Et=m.help;function ro(){let s=A(()=>E("/openapi.json"),[]);return a`<main id="main" class="page">
    <div class="page-head"><h1>${Et.title}</h1></div>
    <section class="panel"><header class="panel-head"><h2>${Et.keys}</h2></header>
      <div class="panel-body"><dl class="facts-list">${Et.shortcuts.map(([e,t])=>a`<dt>${e.split(" ").map(n=>a`<kbd>${n}</kbd> `)}</dt><dd>${t}</dd>`)}</dl></div>
    </section>
    <section class="panel"><header class="panel-head"><h2>${Et.api}</h2><span class="spacer"></span><a href="/api/v1/openapi.json" target="_blank" rel="noreferrer">openapi.json</a></header>
      <div class="panel-body"><${q} of=${s}>${e=>a`<${En} document=${e} />`}<//></div>
    </section>
  </main>`}function En({document:s}){let e=new Map;for(let[t,n]of Object.entries(s.paths))for(let[o,r]of Object.entries(n)){let i=r.tags?.[0]??"";e.set(i,[...e.get(i)??[],{route:t,method:o.toUpperCase(),summary:r.summary}])}return a`${[...e].map(([t,n])=>a`<h3 class="section-title">${t}</h3>
      <dl class="operations">${n.map(o=>a`<div><dt><span class="tag">${o.method}</span> <code>${o.route}</code></dt><dd>${o.summary}</dd></div>`)}</dl>`)}`}var J=m.server,An=["error","warning","info","debug"];function ao(){let s=A(()=>E("/server"),[]),e=xe.value&&ts.value;return a`<main id="main" class="page">
    <div class="page-head"><h1>${J.title}</h1><span class="spacer"></span>${e&&a`<button class="button button--danger" type="button" onClick=${Tn}><${g} name="stop" />${J.drain}</button>`}</div>
    <${q} of=${s}>
      ${t=>a`<div class="columns">
        <section class="panel">
          <header class="panel-head"><h2>${J.about}</h2><span class="spacer"></span>${t.is_well?a`<${Ce} tone="running" glyph="done">${J.well}<//>`:a`<${Ce} tone="failed">${J.unwell}<//>`}</header>
          <div class="panel-body"><dl class="facts-list">
            <dt>${J.version}</dt><dd>${t.version}</dd><dt>${J.build}</dt><dd>${t.build}</dd>
            <dt>${J.started}</dt><dd title=${be(t.started)}>${Se(t.started)}</dd><dt>${J.uptime}</dt><dd>${Je(t.uptime_ms/1e3)}</dd>
            <dt>${J.role}</dt><dd>${t.role}</dd><dt>${J.threads}</dt><dd>${t.threads}</dd>
          </dl></div>
        </section>
        <section class="panel">
          <header class="panel-head"><h2>${J.parts}</h2></header>
          <div class="panel-body"><ul class="stack stack--tight">${t.parts.map(n=>a`<li class="row"><${U} name=${n.is_well?"done":"failed"} tone=${n.is_well?"done":"failed"} /><b>${n.name}</b><span class="muted">${n.detail??""}</span></li>`)}</ul></div>
        </section>
        <section class="panel">
          <header class="panel-head"><h2>${J.limits}</h2></header>
          <div class="panel-body"><dl class="facts-list">${Object.entries(t.limits).map(([n,o])=>a`<dt>${n.replaceAll("_"," ")}</dt><dd>${/bytes|size/.test(n)?ns(o):Te(o)}</dd>`)}</dl></div>
        </section>
      </div>`}
    <//>
    ${e&&a`<${Nn} /><${Ln} />`}
  </main>`}function Tn(){G(()=>a`<${Me}
      title=${J.drain}
      detail=${J.drainDetail}
      action=${J.drain}
      word="drain"
      run=${async()=>{try{await z("POST","/server/drain"),B(J.draining)}catch(s){fe(J.notDrained,s)}}}
    />`)}function Nn(){let s=A(()=>E("/log-levels"),[]),e=oe(null),t=oe(!0);M(()=>ut("log"),[]),M(()=>{t.current&&e.current&&(e.current.scrollTop=e.current.scrollHeight)},[ct.value]);let n=async o=>{try{s.setData((await z("PUT","/log-levels",{body:{level:o}})).body),B(J.levelIs(o))}catch(r){fe(J.levelNotSet,r)}};return a`<section class="panel">
    <header class="panel-head"><h2>${J.log}</h2><span class="spacer"></span>
      ${s.data&&a`<${mt} auto label=${J.level} value=${s.data.level} onInput=${n} options=${An.map(o=>({value:o,label:`${J.level}: ${o}`}))} />`}
    </header>
    <div class="log" ref=${e} role="log" aria-label=${J.log} tabindex="0" onScroll=${o=>t.current=o.target.scrollHeight-o.target.scrollTop-o.target.clientHeight<8}>
      ${ct.value.length===0&&a`<p class="muted">${J.noLines}</p>`}
      ${ct.value.map(o=>a`<div class="log-line log-line--${o.level}"><time>${Ie(o.time)}</time><span class="log-level">${o.level}</span><span>${[o.dag,o.component].filter(Boolean).join("/")} ${o.message}</span></div>`)}
    </div>
  </section>`}function Ln(){let s=A(()=>E("/config"),[]);return a`<section class="panel">
    <header class="panel-head"><h2>${J.settings}</h2></header>
    <div class="panel-body"><${q} of=${s}>${e=>a`<${ce} value=${e} label=${J.settings} />`}<//></div>
  </section>`}export{ms as account,hs as audit,vs as components,Fs as dag,Js as deadLetters,no as editor,ro as help,ao as server,ds as users};
