import{a as Ee,c as et,d as ve,j as nt}from"./part-HZ5W3GBT.js";import{a as st,b as P}from"./part-DMKYOPAE.js";import{a as tt}from"./part-GQWRXWQ2.js";import{a as ne,b as Ue,c as Ve,d as Xe,f as Ze}from"./part-RPE5FNHI.js";import{a as Ye,b as ue}from"./part-SCWIHUPM.js";import{a as ae}from"./part-ZOF7RUAL.js";import{a as Fe,b as te,c as _e,d as j,e as G}from"./part-XAVYYX3W.js";import{a as He,b as ie,c as Ke,e as ce,f as he,g as Qe}from"./part-UNH4OB5A.js";import{a as Ce}from"./part-22Z3CONE.js";import{d as oe,e as Z,l as Ge}from"./part-E767UOL2.js";import{a as $e,b as Pe,c as Me,g as K,h as Ae,i as Re,l as J,m as le,n as se,o as We}from"./part-IFAHUKXN.js";import{d as X,f as fe}from"./part-TNF4UPQQ.js";import{a as U,c as Be,d as W}from"./part-ZGRRZHDQ.js";import{A as pe,B as de,C as ee,D as ze,E as Oe,G as u,H as y,I as Q,K as Je,L as be,b as f,c as B,d as xe,e as Ie,j as s,n as Le,o as A,p as D,q as Y,r as g,s as H,t as R,w as h,x as re,z as V}from"./part-24ZBOSAH.js";var _=u.clone;function Ne(e){J(()=>s`<${gt} dag=${e} />`)}function vt(e){try{return JSON.parse(e)}catch{return e}}async function yt(e,t){let[n,a]=await Promise.all([A("GET",g`/dags/${e}`),Y(g`/dags/${e}/clone`+"?dry_run=1",t)]),{runs:l}=await Y("/validate",a.definition);return{name:a.name,runs:l,diff:et(Ee(ye(JSON.parse(n.text))),Ee(ye(a.definition)))}}var at=e=>/^\d\d:?\d\d$/.test(e);function ye(e){return Array.isArray(e)?e.map(ye):!e||typeof e!="object"?e:Object.fromEntries(Object.keys(e).sort().map(t=>[t,ye(e[t])]))}function gt({dag:e}){let[t,n]=f(""),[a,l]=f(e.start_time?"same":"always"),[r,c]=f(e.start_time??""),[i,d]=f(e.end_time??""),[p,o]=f(e.duration??""),[S,$]=f([{key:"",value:""}]),[v,L]=f(!1),[E,T]=f(null),[q,b]=f(null),O=()=>({...t?{name:t}:{},...a==="window"?{start_time:r,...p?{duration:p}:{end_time:i}}:{},overrides:Object.fromEntries(S.filter(k=>k.key&&k.value).map(k=>[k.key,vt(k.value)])),start:v}),I=JSON.stringify(O());B(()=>{let k=setTimeout(()=>{a==="window"&&(!at(r)||!p&&!at(i))||yt(e.name,JSON.parse(I)).then(F=>{T(F),b(null)},b)},400);return()=>clearTimeout(k)},[I]);let Se=async()=>{try{let k=await Y(g`/dags/${e.name}/clone`,O());le(),X(_.done(k.name),"",{label:u.common.open,run:()=>Be(`/dags/${k.name}`)})}catch(k){b(k)}},N=(k,F)=>{let z=S.map((me,ht)=>ht===k?{...me,...F}:me);z[z.length-1].key&&z.push({key:"",value:""}),$(z)};return s`<${se}
    wide
    title=${_.title(e.name)}
    note=${_.note}
    onSubmit=${Se}
    side=${s`<h3>${_.name}</h3><p class="strong mono">${E?.name??""}</p>
      <h3>${_.runs}</h3>
      ${E?.runs&&!E.runs.is_always?s`<ul class="stack stack--tight">${E.runs.items.map(k=>s`<li>${Oe(k.start)}${k.end?` – ${Oe(k.end)}`:""}</li>`)}</ul>`:s`<p class="muted">${E?.runs?u.common.always:_.noRuns}</p>`}
      ${E?.diff&&s`<h3>${_.changes}</h3><${ve} source=${E.diff} label=${_.changes} />`}`}
    foot=${s`<${ce} label=${_.start} checked=${v} onInput=${L} /><span class="spacer"></span>
      <button class="button" type="button" onClick=${le}>${u.common.cancel}</button>
      <button class="button button--primary" type="submit" disabled=${!!q}><${y} name="clone" />${u.actions.clone}</button>`}
  >
    <${ie} label=${_.name} value=${t} onInput=${n} mono placeholder=${E?.name??""} help=${_.nameHelp} optional=${u.common.optional} />
    <div class="field">
      <span class="field-label">${_.window}</span>
      <${he} label=${_.window} value=${a} onInput=${l} options=${[e.start_time?{value:"same",label:_.same}:{value:"always",label:u.common.always},{value:"window",label:_.daily}]} />
    </div>
    ${a==="window"&&s`<div class="field-row">
      <${ie} label=${_.from} value=${r} onInput=${c} placeholder="17:00" inputMode="numeric" />
      <${ie} label=${_.to} value=${i} onInput=${d} placeholder="19:30" inputMode="numeric" disabled=${!!p} />
      <${ie} label=${_.duration} value=${p} onInput=${o} placeholder="2h30m" />
    </div>`}
    <fieldset class="field">
      <legend>${_.overrides}</legend>
      ${S.map((k,F)=>s`<div class="override" key=${F}>
          <input class="input mono" aria-label=${_.key} placeholder="orders.source" value=${k.key} spellcheck="false" onInput=${z=>N(F,{key:z.target.value})} />
          <input class="input mono" aria-label=${_.value} placeholder="mem://queue/other" value=${k.value} spellcheck="false" onInput=${z=>N(F,{value:z.target.value})} />
          <button class="button button--quiet button--icon" type="button" aria-label=${_.removeOverride} disabled=${S.length===1} onClick=${()=>$(S.filter((z,me)=>me!==F))}><${y} name="close" small /></button>
        </div>`)}
    </fieldset>
    ${q&&s`<div class="note note--failed" role="alert"><${Q} name="failed" tone="failed" /><div>${q.message}${(q.errors??[]).map(k=>s`<br /><span class="mono">${k.pointer}</span> ${k.message}`)}</div></div>`}
  <//>`}var wt={in:"--series-rate",out:"--series-latency",errors:"--series-error",queue:"--series-queue"},kt={queue:[5,3]};function ge(e){return getComputedStyle(document.documentElement).getPropertyValue(e).trim()}function St(e,t){let n=Date.parse(e.from)/1e3,a=e.step_ms/1e3;return[e[t[0]].map((l,r)=>n+r*a),...t.map(l=>e[l])]}function xt(e,t,n){let a={stroke:ge("--chart-axis"),font:`11px ${ge("--font-ui")}`,grid:{stroke:ge("--chart-grid"),width:1},ticks:{show:!1}};return{width:t,height:n,cursor:{drag:{x:!1,y:!1},points:{size:6}},legend:{show:!1},padding:[8,4,0,0],axes:[{...a,size:24,grid:{show:!1},values:(l,r)=>r.map(c=>ee(c*1e3).slice(0,5))},{...a,size:42,values:(l,r)=>r.map(c=>h(c))}],scales:{y:{range:(l,r,c)=>[0,Math.max(1,c*1.1)]}},series:[{},...e.map((l,r)=>{let c=ge(wt[l]);return{label:l,stroke:c,width:1.75,dash:kt[l],fill:r===0&&e.length===1?`${c}1a`:void 0,points:{show:!1},spanGaps:!1}})]}}function we({url:e,lines:t,every:n,height:a,label:l}){let r=xe(null),c=xe(null),[i,d]=f(""),[p,o]=f(null),S=e(0);B(()=>{let v=!0,L=null,E=async()=>{try{let[{default:q},b]=await Promise.all([import("./part-IALFXYPO.js"),D(e(Date.now()))]),O=r.current;if(!v||!O)return;let I=St(b,t);c.current?c.current.setData(I):c.current=new q(xt(t,O.clientWidth,a),I,O),d(""),o(b)}catch(q){v&&d(String(q?.message??q))}v&&(L=setTimeout(E,n))},T=new ResizeObserver(()=>r.current&&c.current?.setSize({width:r.current.clientWidth,height:a}));return E(),r.current&&T.observe(r.current),()=>{v=!1,clearTimeout(L),T.disconnect(),c.current?.destroy(),c.current=null}},[S,Ge.value]);let $=p?.[t[0]]?.filter(v=>v!==null).at(-1);return s`<div class="chart" role="img" aria-label=${u.chart.label(l,h($))} ref=${r}></div>${i&&s`<p class="muted">${i}</p>`}`}var C=u.publish;function ke(e,t){J(()=>s`<${rt} name=${e} first=${t??""} isStep=${!1} />`)}function ot(e){J(()=>s`<${rt} name=${e} first="" isStep=${!0} />`)}function qe(e){try{return JSON.parse(e),""}catch(t){return String(t.message)}}function rt({name:e,first:t,isStep:n}){let a=j(()=>D(g`/dags/${e}/details`),[e]),l=Object.values(a.data?.subscribers??{}),[r,c]=f(t),[i,d]=f("{}"),[p,o]=f(!1),[S,$]=f(!1),[v,L]=f(null),[E,T]=f(null),[q,b]=f(!1),O=l.find(N=>N.name===r)??l[0],I=p?i.split(`
`).map((N,k)=>N.trim()&&qe(N)?C.line(k+1,qe(N)):"").find(Boolean):qe(i);B(()=>T(null),[i,r,p]);let Se=async()=>{if(!(!O||I)){b(!0),T(null);try{L(n?await Y(g`/dags/${e}/step`+H({subscriber:O.name}),i):(await A("POST",g`/dags/${e}/subscribers/${O.name}/messages`+H({inject:S||!O.is_publishable}),{body:p?`${i.trim()}
`:i,type:p?"application/x-ndjson":"application/json"})).body)}catch(N){T(N)}b(!1)}};return s`<${se}
    wide
    title=${n?C.stepTitle:C.title}
    note=${n?C.stepNote:e}
    onSubmit=${Se}
    side=${s`<h3>${C.result}</h3>${E?s`<p class="note note--failed"><${Q} name="failed" tone="failed" />${E.message}</p>`:v?n?s`<${Ot} result=${v} />`:s`<p class="note"><${Q} name="done" tone="done" />${C.accepted(v.accepted,v.is_safe)}${v.sequence?` · ${C.sequence(re(v.sequence))}`:""}</p>`:s`<p class="muted">${n?C.stepHelp:C.help}</p>`}`}
    foot=${s`<span class="spacer"></span><button class="button" type="button" onClick=${le}>${u.common.close}</button>
      <button class="button button--primary" type="submit" disabled=${q||!O||!!I}><${y} name=${n?"step":"publish"} />${n?C.step:C.submit}</button>`}
  >
    <${Ke} label=${C.to} value=${O?.name??""} onInput=${c} options=${l.map(N=>({value:N.name,label:N.source?`${N.name} · ${N.source}`:N.name}))} />
    <${He} label=${C.message} for="message" problem=${I} help=${p?C.linesHelp:""}>
      <textarea id="message" class="input mono" rows="10" spellcheck="false" value=${i} aria-invalid=${I?"true":void 0} aria-describedby="message-help" onInput=${N=>d(N.target.value)}></textarea>
    <//>
    ${!n&&s`<${ce} label=${C.lines} checked=${p} onInput=${o} />
      <${ce} label=${C.inject} help=${O&&!O.is_publishable?C.injectOnly:C.injectHelp} checked=${S||O&&!O.is_publishable} disabled=${O&&!O.is_publishable} onInput=${$} />`}
  <//>`}function Ot({result:e}){return s`<ol class="steps">
    ${e.nodes.filter(t=>t.woken).map(t=>s`<li><h3>${t.name} <span class="muted">${t.type}</span></h3>${t.error?s`<p class="note note--failed">${t.error}</p>`:s`<${P} value=${t.output} label=${t.name} />`}</li>`)}
    ${e.publishers.map(t=>s`<li><h3>${C.wouldGet(t.name)}</h3>${t.messages.length?t.messages.map(n=>s`<${P} value=${n} label=${t.name} />`):s`<p class="muted">${C.nothing}</p>`}</li>`)}
    ${e.dead_letters.map(t=>s`<li><h3 class="text-failed">${C.letter}</h3><${P} value=${t} label=${C.letter} /></li>`)}
  </ol>`}var m=u.drawer,lt={"5m":300,"1h":3600,"24h":86400},_t=200;function Ct(e){let t=new Map;for(let n of e){let a=n.error.replace(/\d+/g,"#"),l=t.get(a);l?(l.count++,l.last=n):t.set(a,{error:n.error,code:n.code,count:1,first:n,last:n})}return[...t.values()].reverse()}function Te({items:e}){let t=Ct(e);return t.length===0?s`<${te} title=${m.noErrors} />`:t.map(n=>s`<details class="error-group" key=${n.error}>
      <summary><span class="count-pill count-pill--failed">${n.count}</span><code>${n.last.error}</code><${y} name="down" small /></summary>
      <p class="error-times">${m.times(ee(n.first.time),ee(n.last.time),re(n.first.cycle),re(n.last.cycle))}</p>
      ${n.last.input&&s`<h4 class="muted">${m.inputOfLast}</h4><${P} source=${it(n.last.input)} label=${m.inputOfLast} />`}
    </details>`)}function it(e){try{return JSON.stringify(JSON.parse(e),null,2)}catch{return e}}function ct({dag:e,node:t,onClose:n,reload:a}){let r=K(e.name).value?.nodes.get(t.name),[c,i]=f("errors"),[d,p]=f("5m"),[o,S]=f(""),$=j(()=>D(g`/dags/${e.name}/nodes/${t.name}`),[e.name,t.name,Math.floor(Pe.value/5e3)]),v=r?.[2]??Number(t.error_count),L=$.data??t;B(()=>{let b=O=>O.key==="Escape"&&!document.querySelector('dialog[open], [role="menu"]')&&n();return document.addEventListener("keydown",b),()=>document.removeEventListener("keydown",b)},[]);let E=async()=>{try{await A("DELETE",g`/dags/${e.name}/nodes/${t.name}/errors`),X(m.cleared(t.name)),$.reload(),a()}catch(b){fe(m.notCleared,b)}},T=(b,O,I="")=>s`<div><dt>${b}</dt><dd class="value">${O}${I&&s` <small>${I}</small>`}</dd></div>`,q=t.subscriber?e.subscribers[t.subscriber]?.source:t.publishers[0]?e.publishers[t.publishers[0]]?.destination:t.calculator?e.calculators[t.calculator]?.type:"";return s`<aside class="drawer" aria-label=${m.of(t.name)}>
    <header class="drawer-head">
      <span class="kind-tile ${v>0?"kind-tile--failed":""}"><${y} name=${tt(`${q??""} ${t.type}`)} /></span>
      <div><h2 class="truncate" title=${t.name}>${t.name}</h2><p class="truncate" title=${q??""}>${t.type}${q?` · ${q}`:""}</p></div>
      ${v>0&&s`<${be} tone="failed">${m.failing}<//>`}
      <button class="button button--quiet button--icon" type="button" aria-label=${u.common.close} onClick=${n}><${y} name="close" /></button>
    </header>
    <div class="drawer-actions">
      ${oe.value&&s`<button class="button button--small" type="button" aria-pressed=${o==="in"} onClick=${()=>S(o==="in"?"":"in")}><${y} name="tap" small />${m.tapIn}</button>
        <button class="button button--small" type="button" aria-pressed=${o==="out"} onClick=${()=>S(o==="out"?"":"out")}><${y} name="tap" small />${m.tapOut}</button>
        ${t.subscriber&&s`<button class="button button--small" type="button" onClick=${()=>ke(e.name,t.subscriber)}><${y} name="publish" small />${m.publish}</button>`}
        ${v>0&&s`<button class="button button--small" type="button" onClick=${E}><${y} name="check" small />${m.clear}</button>`}`}
    </div>
    <dl class="facts-grid">
      ${T(m.rate,h(r?.[3]),"/s")}
      ${T(m.queue,h(r?.[4]??t.queue_depth),r?.[5]?m.ofMax(h(r[5])):"")}
      ${T(m.errors,s`<span class=${v>0?"text-failed":""}>${h(v)}</span>`)}
      ${T("p50 / p99",r&&r[7]!==null?`${V(r[6])} / ${V(r[7])}`:R,"ms")}
      ${T(m.calls,h(r?.[1]??t.compute_count))}
      ${T(m.lastMessage,de(L.last_compute))}
    </dl>
    <section class="chart-block">
      <div class="chart-head">
        <span class="key"><svg class="key-line" aria-hidden="true"><path d="M0 4H16" stroke="var(--series-rate)" stroke-width="2" /></svg>${m.rate} /s</span>
        <span class="spacer"></span>
        <div class="segmented segmented--small" role="group" aria-label=${m.span}>
          ${Object.keys(lt).map(b=>s`<button type="button" aria-pressed=${b===d} onClick=${()=>p(b)}>${b}</button>`)}
        </div>
      </div>
      <${we} url=${b=>g`/dags/${e.name}/metrics`+H({from:new Date(b-lt[d]*1e3).toISOString(),to:new Date(b).toISOString(),node:t.name})} lines=${["in"]} every=${d==="5m"?2e3:15e3} height=${120} label=${m.chart(t.name)} />
    </section>
    <div class="tabs" role="tablist" aria-label=${m.views}>
      ${["errors","messages","settings"].map(b=>s`<button type="button" role="tab" aria-selected=${b===c} onClick=${()=>i(b)}>${m.tabs[b]}${b==="errors"&&v>0&&s`<span class="count-pill count-pill--failed">${h(v)}</span>`}</button>`)}
    </div>
    <div class="drawer-body" role="tabpanel" tabindex="0" aria-label=${m.tabs[c]}>
      <${G} of=${$}>
        ${b=>c==="errors"?s`<${Te} items=${b.errors} />`:c==="settings"?s`<div class="pad stack"><${Nt} dag=${e} node=${b} /></div>`:s`<div class="pad stack"><${Et} node=${b} /></div>`}
      <//>
    </div>
    ${o?s`<${qt} key=${o} dag=${e.name} node=${t.name} side=${o} onEnd=${()=>S("")} />`:s`<div></div>`}
  </aside>`}function Et({node:e}){return s`<div><h3>${m.input}</h3><${P} value=${e.input} label=${m.input} />${e.input_truncated&&s`<p class="muted">${m.truncated}</p>`}</div>
    <div><h3>${m.output}</h3><${P} value=${e.output} label=${m.output} />${e.output_truncated&&s`<p class="muted">${m.truncated}</p>`}</div>`}function Nt({dag:e,node:t}){let n=[t.subscriber&&[m.subscriber(t.subscriber),e.subscribers[t.subscriber]?.config],t.calculator&&[m.calculator(t.calculator),e.calculators[t.calculator]?.config],...t.publishers.map(a=>[m.publisher(a),e.publishers[a]?.config]),[m.node,t.config]].filter(a=>a&&a[1]&&Object.keys(a[1]).length>0);return s`<dl class="facts-list">
      <dt>${m.before}</dt><dd>${t.dependencies.join(", ")||R}</dd>
      <dt>${m.transformers}</dt><dd>${[...t.input_transformers,...t.output_transformers].join(", ")||R}</dd>
    </dl>
    ${n.map(a=>s`<div><h3>${a[0]}</h3><${P} value=${a[1]} label=${a[0]} /></div>`)}`}function qt({dag:e,node:t,side:n,onEnd:a}){let[l,r]=f([]),[c,i]=f(""),[d,p]=f(!1),[o,S]=f("");return B(()=>{if(d)return;let $=new EventSource(`/api/v1${g`/dags/${e}/nodes/${t}/tap`}${H({side:n,rate:10,max:500})}`),v=0;return $.onmessage=L=>r(E=>[{...JSON.parse(L.data),id:`tap-${v++}`},...E].slice(0,_t)),$.addEventListener("bye",()=>{$.close(),i(m.tapEnded)}),$.onerror=()=>{$.readyState===EventSource.CLOSED&&i(m.tapRefused)},()=>$.close()},[d]),s`<section class="tap" aria-label=${m.tap(n)}>
    <header class="tap-head">
      <${y} name="tap" small /><h3>${m.tap(n)}</h3><span class="muted truncate">${c||m.sampled}</span><span class="spacer"></span>
      <button class="button button--quiet button--icon button--small" type="button" aria-label=${d?u.live.resume:u.live.pause} onClick=${()=>p(!d)}><${y} name=${d?"start":"pause"} small /></button>
      <button class="button button--quiet button--icon button--small" type="button" aria-label=${m.tapClose} onClick=${a}><${y} name="close" small /></button>
    </header>
    <div class="tap-list" role="log" aria-label=${m.tap(n)} tabindex="0">
      ${l.length===0&&s`<p class="tap-row muted">${m.tapWaiting}</p>`}
      ${l.map($=>{let v=typeof $.message=="string"?$.message:JSON.stringify($.message);return s`<div class="tap-row" key=${$.id} data-open=${o===$.id?"":void 0}>
          <time>${ee($.time)}</time>
          <button type="button" aria-expanded=${o===$.id} onClick=${()=>S(o===$.id?"":$.id)}>${st(o===$.id?it(v):v,2e3)}${$.is_truncated?" …":""}</button>
        </div>`})}
    </div>
  </section>`}var w=u.nodes;function ut({dag:e,onOpen:t}){let n=K(e.name).value,a=U.value.query.get("q")??"",l=U.value.query.get("sort")??"",r=Ie(()=>Object.values(e.nodes).map((o,S)=>{let $=n?.nodes.get(o.name);return{node:o,order:S,name:o.name,calls:Number($?.[1]??o.compute_count),errors:$?.[2]??Number(o.error_count),rate:$?.[3]??null,queue:$?.[4]??o.queue_depth,max:$?.[5]??null,p99:$?.[7]??null}}),[e,n]),c=l.replace("-","")||"order",i=l.startsWith("-")?-1:1,d=r.filter(o=>o.name.toLowerCase().includes(a.toLowerCase())).sort((o,S)=>i*(c==="name"?o.name.localeCompare(S.name):Number(o[c]??-1)-Number(S[c]??-1))),p=[{key:"name",label:w.name,sort:"name",bare:!0,cell:o=>s`<span class="cell-name"><a class="dag-link" href=${`/dags/${e.name}?tab=nodes&node=${o.name}`} onClick=${S=>{S.preventDefault(),t(o.name)}} title=${o.name}>${o.name}</a></span>`},{key:"type",label:w.type,cell:o=>s`<span class="muted">${o.node.calculator?e.calculators[o.node.calculator]?.type:o.node.type}</span>`},{key:"after",label:w.after,cell:o=>s`<span class="truncate muted" title=${o.node.dependencies.join(", ")}>${o.node.dependencies.join(", ")||R}</span>`},{key:"rate",label:w.rate,number:!0,sort:"rate",cell:o=>s`<span class=${o.rate?"":"zero"}>${h(o.rate)}</span>`},{key:"calls",label:w.calls,number:!0,sort:"calls",cell:o=>h(o.calls)},{key:"queue",label:w.queue,number:!0,cell:o=>o.max?s`<${ue} fill=${o.queue/o.max} />`:s`<span class=${o.queue?"":"zero"}>${h(o.queue)}</span>`},{key:"p99",label:w.p99,number:!0,cell:o=>V(o.p99)},{key:"errors",label:w.errors,number:!0,sort:"errors",cell:o=>s`<span class=${o.errors?"text-failed":"zero"}>${h(o.errors)}</span>`}];return s`<div class="tab-body tab-body--pad">
    <div class="filters"><${Qe} label=${w.filter} value=${a} onInput=${o=>W({q:o})} /></div>
    <section class="panel table-wrap"><${ae} label=${w.title} columns=${p} items=${d} keyOf=${o=>o.name} sort=${l} onSort=${o=>W({sort:o})} /></section>
    <h2 class="section-title">${w.sources}</h2>
    <section class="panel table-wrap"><${ae} label=${w.sources} columns=${Tt(n)} items=${Object.values(e.subscribers)} keyOf=${o=>o.name} /></section>
    <h2 class="section-title">${w.sinks}</h2>
    <section class="panel table-wrap"><${ae} label=${w.sinks} columns=${Dt(n)} items=${Object.values(e.publishers)} keyOf=${o=>o.name} /></section>
  </div>`}function Tt(e){let t=n=>e?.subscribers.get(n.name);return[{key:"name",label:w.name,bare:!0,cell:n=>s`<b>${n.name}</b>`},{key:"address",label:w.address,cell:n=>s`<span class="truncate muted" title=${n.source}>${n.source??n.type}</span>`},{key:"count",label:w.received,number:!0,cell:n=>h(t(n)?.[1]??n.receive_count)},{key:"depth",label:w.queue,number:!0,cell:n=>n.max_depth?s`<${ue} fill=${(t(n)?.[2]??n.current_depth)/n.max_depth} />`:h(t(n)?.[2]??n.current_depth)},{key:"dropped",label:w.dropped,number:!0,cell:n=>s`<span class=${Number(n.dropped)?"text-warning":"zero"}>${h(n.dropped)}</span>`}]}function Dt(e){let t=n=>e?.publishers.get(n.name);return[{key:"name",label:w.name,bare:!0,cell:n=>s`<b>${n.name}</b>`},{key:"address",label:w.address,cell:n=>s`<span class="truncate muted" title=${n.destination}>${n.destination??n.type}</span>`},{key:"count",label:w.published,number:!0,cell:n=>h(t(n)?.[1]??n.publish_count)},{key:"depth",label:w.queue,number:!0,cell:n=>h(t(n)?.[2]??n.queue_depth)},{key:"retries",label:w.retries,number:!0,cell:n=>s`<span class=${Number(n.retries)?"":"zero"}>${h(n.retries)}</span>`},{key:"letters",label:w.letters,number:!0,cell:n=>s`<span class=${Number(t(n)?.[3]??n.dead_letters)?"text-failed":"zero"}>${h(t(n)?.[3]??n.dead_letters)}</span>`}]}function mt({dag:e,onOpen:t}){let n=j(()=>D(g`/dags/${e.name}/nodes`),[e.name]);return s`<div class="tab-body tab-body--pad">
    <${G} of=${n}>
      ${a=>{let l=a.items.filter(r=>Number(r.error_count)>0);return l.length===0?s`<section class="panel"><${te} title=${w.noErrors} detail=${w.noErrorsDetail} /></section>`:l.map(r=>s`<section class="panel" key=${r.name}>
            <header class="panel-head"><h2>${r.name}</h2><span class="count-pill count-pill--failed">${h(r.error_count)}</span><span class="spacer"></span><button class="button button--small" type="button" onClick=${()=>t(r.name)}>${u.common.open}</button></header>
            <${Te} items=${r.errors} />
          </section>`)}}
    <//>
  </div>`}var x=u.dag,$t={"5m":300,"1h":3600,"24h":86400};function pt({name:e}){let t=U.value.query.get("span")??"1h",n=a=>g`/dags/${e}/metrics`+H({from:new Date(a-$t[t]*1e3).toISOString(),to:new Date(a).toISOString()});return s`<div class="tab-body tab-body--pad">
    <div class="filters"><${he} label=${x.span} value=${t} onInput=${a=>W({span:a})} options=${Object.keys($t).map(a=>({value:a,label:a}))} /></div>
    ${[[x.charts.rates,["in","out"]],[x.charts.queue,["queue"]],[x.charts.errors,["errors"]]].map(([a,l])=>s`<section class="panel" key=${a}>
        <header class="panel-head"><h2>${a}</h2><span class="spacer"></span>${l.length>1&&l.map(r=>s`<span class="live"><span class="swatch swatch--${r}"></span>${x.series[r]}</span>`)}</header>
        <div class="panel-body"><${we} url=${n} lines=${l} every=${t==="5m"?2e3:15e3} height=${180} label=${a} /></div>
      </section>`)}
  </div>`}function dt({dag:e}){let t=j(()=>A("GET",g`/dags/${e.name}`),[e.name,e.revision]),n=async a=>{await navigator.clipboard.writeText(a),X(u.common.copied)};return s`<div class="tab-body tab-body--pad">
    <${G} of=${t}>
      ${a=>s`<section class="panel">
        <header class="panel-head"><h2>${x.definition(e.revision)}</h2><span class="spacer"></span>
          <button class="button button--small" type="button" onClick=${()=>n(a.text)}><${y} name="copy" small />${u.common.copy}</button>
          ${Z.value&&s`<a class="button button--small" href=${`/dags/${e.name}/edit`}><${y} name="edit" small />${u.actions.edit}</a>`}
        </header>
        <div class="panel-body"><${P} source=${a.text} label=${x.tabs.definition} /></div>
      </section>`}
    <//>
  </div>`}function bt({dag:e,reload:t}){let n=j(()=>D(g`/dags/${e.name}/revisions`+"?limit=100"),[e.name,e.revision]),[a,l]=f(""),r=c=>J(()=>s`<${We}
        title=${x.rollBackTitle(c)}
        detail=${x.rollBackDetail}
        action=${x.rollBack}
        run=${async()=>{try{let{etag:i}=await A("GET",g`/dags/${e.name}`);await A("POST",g`/dags/${e.name}/rollback`,{body:{revision:Number(c)},ifMatch:i}),X(x.rolledBack(e.name,c)),t(),n.reload()}catch(i){fe(x.notRolledBack,i)}}}
      />`);return s`<div class="tab-body tab-body--pad">
    <${G} of=${n}>
      ${c=>c.items.length===0?s`<section class="panel"><${te} title=${x.noRevisions} /></section>`:s`<section class="panel table-wrap">
              <${ae}
                label=${x.tabs.revisions}
                items=${c.items}
                keyOf=${i=>String(i.revision)}
                columns=${[{key:"revision",label:x.columns.revision,bare:!0,cell:i=>s`<b>${i.revision}</b>${String(i.revision)===String(e.running_revision??e.revision)&&s` <span class="tag">${x.current}</span>`}`},{key:"when",label:x.columns.when,cell:i=>s`<span title=${ze(i.time)}>${de(i.time)}</span>`},{key:"who",label:x.columns.who,cell:i=>i.user},{key:"comment",label:x.columns.comment,cell:i=>s`<span class="truncate">${i.comment??""}</span>`},{key:"more",label:"",number:!0,bare:!0,cell:i=>s`<span class="button-row">
                      <button class="button button--small" type="button" aria-pressed=${a===String(i.revision)} onClick=${()=>l(a===String(i.revision)?"":String(i.revision))}>${x.diff}</button>
                      ${Z.value&&String(i.revision)!==String(e.revision)&&s`<button class="button button--small" type="button" onClick=${()=>r(i.revision)}><${y} name="undo" small />${x.rollBack}</button>`}
                    </span>`}]}
              />
            </section>
            ${a&&s`<${jt} name=${e.name} revision=${a} />`}`}
    <//>
  </div>`}function jt({name:e,revision:t}){let n=j(()=>D(g`/dags/${e}/revisions/${t}`),[e,t]);return s`<section class="panel">
    <header class="panel-head"><h2>${x.changesOf(t)}</h2></header>
    <div class="panel-body"><${G} of=${n}>${a=>a.diff?s`<${ve} source=${a.diff} label=${x.changesOf(t)} />`:s`<p class="muted">${x.noDiff}</p>`}<//></div>
  </section>`}var ft=u.why;function De(e){J(()=>s`<${It} name=${e} />`)}function It({name:e}){let t=j(()=>D(g`/dags/${e}/why`),[e]);return s`<${se} title=${ft.title} note=${e}>
    <${G} of=${t}>
      ${n=>n.findings.length===0?s`<p class="note"><${Q} name="done" tone="done" />${ft.healthy}</p>`:s`<ol class="findings">
              ${n.findings.map((a,l)=>s`<li>
                  <${Q} name=${l===0&&!n.is_healthy?"failed":"warning"} tone=${l===0&&!n.is_healthy?"failed":"warning"} />
                  <b>${a.object}</b>
                  <span class="muted">${a.since?u.dashboard.since(pe((Date.now()-Date.parse(a.since))/1e3)):""}</span>
                  <p>${a.detail}${a.suggestion&&s`<br /><b>${a.suggestion}</b>`}</p>
                </li>`)}
            </ol>`}
    <//>
  <//>`}var M=u.dag,Bt=["graph","nodes","errors","metrics","definition","revisions"];function je(e){let t=0,n=0,a=null,l=null;for(let[r,,c,,i,d,,p]of e?.nodes.values()??[])t+=c??0,c>0&&n++,d&&i!==null&&(!a||i/d>a.fill)&&(a={name:r,fill:i/d}),p!=null&&(l===null||p>l)&&(l=p);return{errors:t,failing:n,fullest:a,slowest:l}}function Lt({dag:e,reload:t}){let n=K(e.name).value,a=n?.row?.state??e.state,{failing:l}=je(n),r={...e,state:a},c=p=>()=>Ue(p,e.name).then(t),i=[{label:u.actions.stop,icon:"stop",reason:ne("stop",r)||void 0,run:c("stop")},{label:u.actions.stopNow,icon:"stop",reason:ne("stopNow",r)||void 0,run:c("stopNow")},{label:u.actions.restart,icon:"restart",reason:ne("restart",r)||void 0,run:c("restart")}],d=[...oe.value?[{label:u.actions.publish,icon:"publish",run:()=>ke(e.name)},{label:u.actions.step,icon:"step",run:()=>ot(e.name)}]:[],{label:u.actions.why,icon:"help",run:()=>De(e.name)},{label:u.actions.letters,icon:"letters",href:`/dags/${e.name}/dead-letters`},{label:u.actions.download,icon:"download",run:()=>Pt(e.name)},...Z.value?[{label:u.actions.delete,icon:"delete",danger:!0,line:!0,run:()=>Ve(e.name,Xe)}]:[]];return s`<header class="dag-head">
    <a class="crumb" href="/">${u.nav.dags}</a><span class="muted" aria-hidden="true">/</span>
    <h1 class="truncate" title=${e.name}>${e.name}</h1>
    <${Je} state=${a} boxed />
    ${l>0&&s`<${be} tone="failed">${M.failing(l)}<//>`}
    <div class="facts">
      <span>${e.since?pe((Date.now()-Date.parse(e.since))/1e3):R}</span>
      <span><a href=${`/dags/${e.name}?tab=revisions`} class="muted">${M.revision(e.revision)}</a></span>
      <span>${Ze(e)}</span>
    </div>
    <span class="spacer"></span>
    <div class="button-row">
      ${oe.value&&(e.is_running?s`${e.is_suspended?s`<button class="button" type="button" onClick=${c("resume")}><${y} name="start" />${u.actions.resume}</button>`:s`<button class="button" type="button" onClick=${c("suspend")}><${y} name="suspend" />${u.actions.suspend}</button>`}
            <${Ce} label=${u.actions.stop} icon="stop" items=${i}>${u.actions.stop}<//>`:s`<button class="button button--primary" type="button" disabled=${ne("start",r)!==""} title=${ne("start",r)} onClick=${c("start")}><${y} name="start" />${u.actions.start}</button>`)}
      ${Z.value&&s`<button class="button hide-phone" type="button" onClick=${()=>Ne(e)}><${y} name="clone" />${u.actions.clone}</button>
        <a class="button" href=${`/dags/${e.name}/edit`}><${y} name="edit" />${u.actions.edit}</a>`}
      <${Ce} label=${u.dashboard.moreActions(e.name)} icon="more" items=${d} />
    </div>
    ${e.reason&&s`<p class="note note--${a==="failed"||a==="invalid"?"failed":"warning"} reason">${e.reason}</p>`}
  </header>`}async function Pt(e){let t=document.createElement("a");t.href=g`/api/v1/dags/${e}`,t.download=`${e}.json`,t.click()}function Mt({dag:e}){let t=K(e.name).value,{errors:n,fullest:a,slowest:l}=je(t),r=t?.row,c=(i,d,p="",o=null)=>s`<div><dt>${i}</dt><dd><span class="value">${d}${p&&d!==R&&s`<small>${p}</small>`}</span>${o}</dd></div>`;return s`<dl class="pulse">
    ${c(M.in,h(r?.inRate??e.in_rate),"/s")}
    ${c(M.out,h(r?.outRate??e.out_rate),"/s")}
    ${c(M.fullest,a?`${Math.round(a.fill*100)}%`:R,"",a&&Ye(a.fill)!=="ok"?s`<${ue} fill=${a.fill} bare />`:null)}
    ${c(M.waiting,h(r?.queue??e.queue))}
    ${c(M.slowest,V(l),"ms")}
    ${c(M.errors,s`<span class=${(r?.errors??0)>0?"text-failed":""}>${h(r?.errors??e.errors)}</span>`)}
    ${c(M.errorsAll,h(n))}
  </dl>`}function At({name:e,tab:t,counts:n}){let a=$e.value==="paused";return s`<nav class="tabs" aria-label=${M.views}>
    ${Bt.map(l=>s`<a href=${`/dags/${e}${l==="graph"?"":`?tab=${l}`}`} aria-current=${l===t?"page":void 0}>
        ${M.tabs[l]}${n[l]!==null&&n[l]!==void 0&&s`<span class="count-pill ${l==="errors"&&n[l]?"count-pill--failed":""}">${h(n[l])}</span>`}
      </a>`)}
    <span class="spacer"></span>
    <span class="live hide-phone ${$e.value==="open"?"":"live--lost"}"><${y} name="tap" small />${u.live[$e.value||"lost"]}</span>
    <button class="button button--quiet hide-phone" type="button" onClick=${()=>Re(!a)}><${y} name=${a?"start":"pause"} small />${a?u.live.resume:u.live.pause}</button>
  </nav>`}function Rt({name:e}){let t=j(()=>D(g`/dags/${e}/details`),[e,Me.value]),n=K(e).value,{query:a}=U.value,l=a.get("tab")??"graph",r=a.get("node"),c=a.get("panel");if(B(()=>Ae(`dag:${e}`),[e]),B(()=>{!c||!t.data||(W({panel:null}),c==="why"?De(e):c==="clone"&&Ne(t.data))},[c,!!t.data]),!t.data)return s`<main id="main" class="page">${t.error instanceof Le||t.error?s`<${_e} error=${t.error} retry=${t.reload} />`:s`<${Fe} lines=${10} />`}</main>`;let i=t.data,d=S=>W({node:S}),p={graph:()=>s`<${nt} dag=${i} selected=${r} onSelect=${d} />`,nodes:()=>s`<${ut} dag=${i} onOpen=${d} />`,errors:()=>s`<${mt} dag=${i} onOpen=${d} />`,metrics:()=>s`<${pt} name=${e} />`,definition:()=>s`<${dt} dag=${i} />`,revisions:()=>s`<${bt} dag=${i} reload=${t.reload} />`}[l],o=r!==null&&i.nodes[r];return s`<div class="dag-layout ${o?"dag-layout--drawer":""}">
    <main id="main" class="dag-main">
      <${Lt} dag=${i} reload=${t.reload} />
      <${Mt} dag=${i} />
      <${At} name=${e} tab=${l} counts=${{nodes:Object.keys(i.nodes).length,errors:n?je(n).errors:null}} />
      ${p?p():s`<${_e} error=${{message:l}} />`}
    </main>
    ${o&&s`<${ct} key=${r} dag=${i} node=${i.nodes[r]} onClose=${()=>d(null)} reload=${t.reload} />`}
  </div>`}export{Rt as default};
