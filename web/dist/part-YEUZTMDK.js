import{a as ve,g as et}from"./part-ZIFKUJDX.js";import{a as Ze,b as P}from"./part-3HUIUF7L.js";import{a as Ye}from"./part-GQWRXWQ2.js";import{a as se,b as Ke,c as Qe,d as Ue,f as Xe}from"./part-FZBNP7N2.js";import{a as Ve,b as ue}from"./part-CC2NYP5A.js";import{a as ae}from"./part-YBYOOAGG.js";import{a as Ge,b as ee,c as xe,d as I,e as z}from"./part-CANOQYUC.js";import{a as Je,b as ie,c as We,e as ce,f as he,g as He}from"./part-TPFHHKCJ.js";import{a as Oe}from"./part-OME5Q7GT.js";import{d as oe,e as Y,l as Me}from"./part-QGZSQNKG.js";import{a as $e,b as je,c as Be,g as K,h as Le,i as Pe,l as G,m as le,n as te,o as Fe}from"./part-D4CLLESC.js";import{d as X,e as fe}from"./part-RZYOSCF4.js";import{a as U,c as De,d as J}from"./part-SPG7OGLY.js";import{A as pe,B as de,C as Z,D as Re,E as ze,G as u,H as y,I as Q,K as Ae,L as be,b as f,c as B,d as Se,e as Te,j as t,n as Ie,o as W,p as D,q as ne,r as w,s as H,t as R,w as h,x as re,z as V}from"./part-FOJS6OAM.js";var _=u.clone;function _e(e){G(()=>t`<${bt} dag=${e} />`)}function dt(e){try{return JSON.parse(e)}catch{return e}}function bt({dag:e}){let[s,a]=f(""),[n,l]=f(e.start_time?"same":"always"),[r,c]=f(e.start_time??""),[i,p]=f(e.end_time??""),[d,o]=f(e.duration??""),[k,$]=f([{key:"",value:""}]),[v,L]=f(!1),[q,T]=f(null),[N,b]=f(null),x=()=>({...s?{name:s}:{},...n==="window"?{start_time:r,...d?{duration:d}:{end_time:i}}:{},overrides:Object.fromEntries(k.filter(O=>O.key).map(O=>[O.key,dt(O.value)])),start:v}),j=JSON.stringify(x());B(()=>{let O=setTimeout(()=>{ne(w`/dags/${e.name}/clone`+"?dry_run=1",JSON.parse(j)).then(F=>{T(F),b(null)},b)},300);return()=>clearTimeout(O)},[j]);let ke=async()=>{try{let O=await ne(w`/dags/${e.name}/clone`,x());le(),X(_.done(O.name),"",{label:u.common.open,run:()=>De(`/dags/${O.name}`)})}catch(O){b(O)}},E=(O,F)=>{let A=k.map((me,pt)=>pt===O?{...me,...F}:me);A[A.length-1].key&&A.push({key:"",value:""}),$(A)};return t`<${te}
    wide
    title=${_.title(e.name)}
    note=${_.note}
    onSubmit=${ke}
    side=${t`<h3>${_.name}</h3><p class="strong mono">${q?.name??""}</p>
      <h3>${_.runs}</h3>
      ${q?.runs?.length?t`<ul class="stack stack--tight">${q.runs.slice(0,5).map(O=>t`<li>${ze(O.start)}</li>`)}</ul>`:t`<p class="muted">${n==="window"?_.noRuns:u.common.always}</p>`}
      ${q?.diff&&t`<h3>${_.changes}</h3><${ve} source=${q.diff} label=${_.changes} />`}`}
    foot=${t`<${ce} label=${_.start} checked=${v} onInput=${L} /><span class="spacer"></span>
      <button class="button" type="button" onClick=${le}>${u.common.cancel}</button>
      <button class="button button--primary" type="submit" disabled=${!!N}><${y} name="clone" />${u.actions.clone}</button>`}
  >
    <${ie} label=${_.name} value=${s} onInput=${a} mono placeholder=${q?.name??""} help=${_.nameHelp} optional=${u.common.optional} />
    <div class="field">
      <span class="field-label">${_.window}</span>
      <${he} label=${_.window} value=${n} onInput=${l} options=${[e.start_time?{value:"same",label:_.same}:{value:"always",label:u.common.always},{value:"window",label:_.daily}]} />
    </div>
    ${n==="window"&&t`<div class="field-row">
      <${ie} label=${_.from} value=${r} onInput=${c} placeholder="17:00" inputMode="numeric" />
      <${ie} label=${_.to} value=${i} onInput=${p} placeholder="19:30" inputMode="numeric" disabled=${!!d} />
      <${ie} label=${_.duration} value=${d} onInput=${o} placeholder="2h30m" />
    </div>`}
    <fieldset class="field">
      <legend>${_.overrides}</legend>
      ${k.map((O,F)=>t`<div class="override" key=${F}>
          <input class="input mono" aria-label=${_.key} placeholder="subscribers.in.source" value=${O.key} spellcheck="false" onInput=${A=>E(F,{key:A.target.value})} />
          <input class="input mono" aria-label=${_.value} placeholder="mem://queue/other" value=${O.value} spellcheck="false" onInput=${A=>E(F,{value:A.target.value})} />
          <button class="button button--quiet button--icon" type="button" aria-label=${_.removeOverride} disabled=${k.length===1} onClick=${()=>$(k.filter((A,me)=>me!==F))}><${y} name="close" small /></button>
        </div>`)}
    </fieldset>
    ${N&&t`<div class="note note--failed" role="alert"><${Q} name="failed" tone="failed" /><div>${N.message}${(N.errors??[]).map(O=>t`<br /><span class="mono">${O.pointer}</span> ${O.message}`)}</div></div>`}
  <//>`}var ft={in:"--series-rate",out:"--series-latency",errors:"--series-error",queue:"--series-queue"},ht={queue:[5,3]};function ye(e){return getComputedStyle(document.documentElement).getPropertyValue(e).trim()}function vt(e,s){let a=Date.parse(e.from)/1e3,n=e.step_ms/1e3;return[e[s[0]].map((l,r)=>a+r*n),...s.map(l=>e[l])]}function yt(e,s,a){let n={stroke:ye("--chart-axis"),font:`11px ${ye("--font-ui")}`,grid:{stroke:ye("--chart-grid"),width:1},ticks:{show:!1}};return{width:s,height:a,cursor:{drag:{x:!1,y:!1},points:{size:6}},legend:{show:!1},padding:[8,4,0,0],axes:[{...n,size:24,grid:{show:!1},values:(l,r)=>r.map(c=>Z(c*1e3).slice(0,5))},{...n,size:42,values:(l,r)=>r.map(c=>h(c))}],scales:{y:{range:(l,r,c)=>[0,Math.max(1,c*1.1)]}},series:[{},...e.map((l,r)=>{let c=ye(ft[l]);return{label:l,stroke:c,width:1.75,dash:ht[l],fill:r===0&&e.length===1?`${c}1a`:void 0,points:{show:!1},spanGaps:!1}})]}}function ge({url:e,lines:s,every:a,height:n,label:l}){let r=Se(null),c=Se(null),[i,p]=f(""),[d,o]=f(null),k=e(0);B(()=>{let v=!0,L=null,q=async()=>{try{let[{default:N},b]=await Promise.all([import("./part-IALFXYPO.js"),D(e(Date.now()))]),x=r.current;if(!v||!x)return;let j=vt(b,s);c.current?c.current.setData(j):c.current=new N(yt(s,x.clientWidth,n),j,x),p(""),o(b)}catch(N){v&&p(String(N?.message??N))}v&&(L=setTimeout(q,a))},T=new ResizeObserver(()=>r.current&&c.current?.setSize({width:r.current.clientWidth,height:n}));return q(),r.current&&T.observe(r.current),()=>{v=!1,clearTimeout(L),T.disconnect(),c.current?.destroy(),c.current=null}},[k,Me.value]);let $=d?.[s[0]]?.filter(v=>v!==null).at(-1);return t`<div class="chart" role="img" aria-label=${u.chart.label(l,h($))} ref=${r}></div>${i&&t`<p class="muted">${i}</p>`}`}var C=u.publish;function we(e,s){G(()=>t`<${st} name=${e} first=${s??""} isStep=${!1} />`)}function tt(e){G(()=>t`<${st} name=${e} first="" isStep=${!0} />`)}function Ce(e){try{return JSON.parse(e),""}catch(s){return String(s.message)}}function st({name:e,first:s,isStep:a}){let n=I(()=>D(w`/dags/${e}/details`),[e]),l=Object.values(n.data?.subscribers??{}),[r,c]=f(s),[i,p]=f("{}"),[d,o]=f(!1),[k,$]=f(!1),[v,L]=f(null),[q,T]=f(null),[N,b]=f(!1),x=l.find(E=>E.name===r)??l[0],j=d?i.split(`
`).map((E,O)=>E.trim()&&Ce(E)?C.line(O+1,Ce(E)):"").find(Boolean):Ce(i);B(()=>T(null),[i,r,d]);let ke=async()=>{if(!(!x||j)){b(!0),T(null);try{L(a?await ne(w`/dags/${e}/step`+H({subscriber:x.name}),i):(await W("POST",w`/dags/${e}/subscribers/${x.name}/messages`+H({inject:k||!x.is_publishable}),{body:d?`${i.trim()}
`:i,type:d?"application/x-ndjson":"application/json"})).body)}catch(E){T(E)}b(!1)}};return t`<${te}
    wide
    title=${a?C.stepTitle:C.title}
    note=${a?C.stepNote:e}
    onSubmit=${ke}
    side=${t`<h3>${C.result}</h3>${q?t`<p class="note note--failed"><${Q} name="failed" tone="failed" />${q.message}</p>`:v?a?t`<${gt} result=${v} />`:t`<p class="note"><${Q} name="done" tone="done" />${C.accepted(v.accepted,v.is_safe)}${v.sequence?` · ${C.sequence(re(v.sequence))}`:""}</p>`:t`<p class="muted">${a?C.stepHelp:C.help}</p>`}`}
    foot=${t`<span class="spacer"></span><button class="button" type="button" onClick=${le}>${u.common.close}</button>
      <button class="button button--primary" type="submit" disabled=${N||!x||!!j}><${y} name=${a?"step":"publish"} />${a?C.step:C.submit}</button>`}
  >
    <${We} label=${C.to} value=${x?.name??""} onInput=${c} options=${l.map(E=>({value:E.name,label:E.source?`${E.name} · ${E.source}`:E.name}))} />
    <${Je} label=${C.message} for="message" problem=${j} help=${d?C.linesHelp:""}>
      <textarea id="message" class="input mono" rows="10" spellcheck="false" value=${i} aria-invalid=${j?"true":void 0} aria-describedby="message-help" onInput=${E=>p(E.target.value)}></textarea>
    <//>
    ${!a&&t`<${ce} label=${C.lines} checked=${d} onInput=${o} />
      <${ce} label=${C.inject} help=${x&&!x.is_publishable?C.injectOnly:C.injectHelp} checked=${k||x&&!x.is_publishable} disabled=${x&&!x.is_publishable} onInput=${$} />`}
  <//>`}function gt({result:e}){return t`<ol class="steps">
    ${e.nodes.filter(s=>s.woken).map(s=>t`<li><h3>${s.name} <span class="muted">${s.type}</span></h3>${s.error?t`<p class="note note--failed">${s.error}</p>`:t`<${P} value=${s.output} label=${s.name} />`}</li>`)}
    ${e.publishers.map(s=>t`<li><h3>${C.wouldGet(s.name)}</h3>${s.messages.length?s.messages.map(a=>t`<${P} value=${a} label=${s.name} />`):t`<p class="muted">${C.nothing}</p>`}</li>`)}
    ${e.dead_letters.map(s=>t`<li><h3 class="text-failed">${C.letter}</h3><${P} value=${s} label=${C.letter} /></li>`)}
  </ol>`}var m=u.drawer,at={"5m":300,"1h":3600,"24h":86400},wt=200;function kt(e){let s=new Map;for(let a of e){let n=a.error.replace(/\d+/g,"#"),l=s.get(n);l?(l.count++,l.last=a):s.set(n,{error:a.error,code:a.code,count:1,first:a,last:a})}return[...s.values()].reverse()}function Ee({items:e}){let s=kt(e);return s.length===0?t`<${ee} title=${m.noErrors} />`:s.map(a=>t`<details class="error-group" key=${a.error}>
      <summary><span class="count-pill count-pill--failed">${a.count}</span><code>${a.last.error}</code><${y} name="down" small /></summary>
      <p class="error-times">${m.times(Z(a.first.time),Z(a.last.time),re(a.first.cycle),re(a.last.cycle))}</p>
      ${a.last.input&&t`<h4 class="muted">${m.inputOfLast}</h4><${P} source=${nt(a.last.input)} label=${m.inputOfLast} />`}
    </details>`)}function nt(e){try{return JSON.stringify(JSON.parse(e),null,2)}catch{return e}}function ot({dag:e,node:s,onClose:a,reload:n}){let r=K(e.name).value?.nodes.get(s.name),[c,i]=f("errors"),[p,d]=f("5m"),[o,k]=f(""),$=I(()=>D(w`/dags/${e.name}/nodes/${s.name}`),[e.name,s.name,Math.floor(je.value/5e3)]),v=r?.[2]??Number(s.error_count),L=$.data??s;B(()=>{let b=x=>x.key==="Escape"&&!document.querySelector('dialog[open], [role="menu"]')&&a();return document.addEventListener("keydown",b),()=>document.removeEventListener("keydown",b)},[]);let q=async()=>{try{await W("DELETE",w`/dags/${e.name}/nodes/${s.name}/errors`),X(m.cleared(s.name)),$.reload(),n()}catch(b){fe(m.notCleared,b)}},T=(b,x,j="")=>t`<div><dt>${b}</dt><dd class="value">${x}${j&&t` <small>${j}</small>`}</dd></div>`,N=s.subscriber?e.subscribers[s.subscriber]?.source:s.publishers[0]?e.publishers[s.publishers[0]]?.destination:s.calculator?e.calculators[s.calculator]?.type:"";return t`<aside class="drawer" aria-label=${m.of(s.name)}>
    <header class="drawer-head">
      <span class="kind-tile ${v>0?"kind-tile--failed":""}"><${y} name=${Ye(`${N??""} ${s.type}`)} /></span>
      <div><h2 class="truncate" title=${s.name}>${s.name}</h2><p class="truncate" title=${N??""}>${s.type}${N?` · ${N}`:""}</p></div>
      ${v>0&&t`<${be} tone="failed">${m.failing}<//>`}
      <button class="button button--quiet button--icon" type="button" aria-label=${u.common.close} onClick=${a}><${y} name="close" /></button>
    </header>
    <div class="drawer-actions">
      ${oe.value&&t`<button class="button button--small" type="button" aria-pressed=${o==="in"} onClick=${()=>k(o==="in"?"":"in")}><${y} name="tap" small />${m.tapIn}</button>
        <button class="button button--small" type="button" aria-pressed=${o==="out"} onClick=${()=>k(o==="out"?"":"out")}><${y} name="tap" small />${m.tapOut}</button>
        ${s.subscriber&&t`<button class="button button--small" type="button" onClick=${()=>we(e.name,s.subscriber)}><${y} name="publish" small />${m.publish}</button>`}
        ${v>0&&t`<button class="button button--small" type="button" onClick=${q}><${y} name="check" small />${m.clear}</button>`}`}
    </div>
    <dl class="facts-grid">
      ${T(m.rate,h(r?.[3]),"/s")}
      ${T(m.queue,h(r?.[4]??s.queue_depth),r?.[5]?m.ofMax(h(r[5])):"")}
      ${T(m.errors,t`<span class=${v>0?"text-failed":""}>${h(v)}</span>`)}
      ${T("p50 / p99",r&&r[7]!==null?`${V(r[6])} / ${V(r[7])}`:R,"ms")}
      ${T(m.calls,h(r?.[1]??s.compute_count))}
      ${T(m.lastMessage,de(L.last_compute))}
    </dl>
    <section class="chart-block">
      <div class="chart-head">
        <span class="key"><svg class="key-line" aria-hidden="true"><path d="M0 4H16" stroke="var(--series-rate)" stroke-width="2" /></svg>${m.rate} /s</span>
        <span class="spacer"></span>
        <div class="segmented segmented--small" role="group" aria-label=${m.span}>
          ${Object.keys(at).map(b=>t`<button type="button" aria-pressed=${b===p} onClick=${()=>d(b)}>${b}</button>`)}
        </div>
      </div>
      <${ge} url=${b=>w`/dags/${e.name}/metrics`+H({from:new Date(b-at[p]*1e3).toISOString(),to:new Date(b).toISOString(),node:s.name})} lines=${["in"]} every=${p==="5m"?2e3:15e3} height=${120} label=${m.chart(s.name)} />
    </section>
    <div class="tabs" role="tablist" aria-label=${m.views}>
      ${["errors","messages","settings"].map(b=>t`<button type="button" role="tab" aria-selected=${b===c} onClick=${()=>i(b)}>${m.tabs[b]}${b==="errors"&&v>0&&t`<span class="count-pill count-pill--failed">${h(v)}</span>`}</button>`)}
    </div>
    <div class="drawer-body" role="tabpanel" tabindex="0" aria-label=${m.tabs[c]}>
      <${z} of=${$}>
        ${b=>c==="errors"?t`<${Ee} items=${b.errors} />`:c==="settings"?t`<div class="pad stack"><${xt} dag=${e} node=${b} /></div>`:t`<div class="pad stack"><${St} node=${b} /></div>`}
      <//>
    </div>
    ${o?t`<${Ot} key=${o} dag=${e.name} node=${s.name} side=${o} onEnd=${()=>k("")} />`:t`<div></div>`}
  </aside>`}function St({node:e}){return t`<div><h3>${m.input}</h3><${P} value=${e.input} label=${m.input} />${e.input_truncated&&t`<p class="muted">${m.truncated}</p>`}</div>
    <div><h3>${m.output}</h3><${P} value=${e.output} label=${m.output} />${e.output_truncated&&t`<p class="muted">${m.truncated}</p>`}</div>`}function xt({dag:e,node:s}){let a=[s.subscriber&&[m.subscriber(s.subscriber),e.subscribers[s.subscriber]?.config],s.calculator&&[m.calculator(s.calculator),e.calculators[s.calculator]?.config],...s.publishers.map(n=>[m.publisher(n),e.publishers[n]?.config]),[m.node,s.config]].filter(n=>n&&n[1]&&Object.keys(n[1]).length>0);return t`<dl class="facts-list">
      <dt>${m.before}</dt><dd>${s.dependencies.join(", ")||R}</dd>
      <dt>${m.transformers}</dt><dd>${[...s.input_transformers,...s.output_transformers].join(", ")||R}</dd>
    </dl>
    ${a.map(n=>t`<div><h3>${n[0]}</h3><${P} value=${n[1]} label=${n[0]} /></div>`)}`}function Ot({dag:e,node:s,side:a,onEnd:n}){let[l,r]=f([]),[c,i]=f(""),[p,d]=f(!1),[o,k]=f("");return B(()=>{if(p)return;let $=new EventSource(`/api/v1${w`/dags/${e}/nodes/${s}/tap`}${H({side:a,rate:10,max:500})}`),v=0;return $.onmessage=L=>r(q=>[{...JSON.parse(L.data),id:`tap-${v++}`},...q].slice(0,wt)),$.addEventListener("bye",()=>{$.close(),i(m.tapEnded)}),$.onerror=()=>{$.readyState===EventSource.CLOSED&&i(m.tapRefused)},()=>$.close()},[p]),t`<section class="tap" aria-label=${m.tap(a)}>
    <header class="tap-head">
      <${y} name="tap" small /><h3>${m.tap(a)}</h3><span class="muted truncate">${c||m.sampled}</span><span class="spacer"></span>
      <button class="button button--quiet button--icon button--small" type="button" aria-label=${p?u.live.resume:u.live.pause} onClick=${()=>d(!p)}><${y} name=${p?"start":"pause"} small /></button>
      <button class="button button--quiet button--icon button--small" type="button" aria-label=${m.tapClose} onClick=${n}><${y} name="close" small /></button>
    </header>
    <div class="tap-list" role="log" aria-label=${m.tap(a)} tabindex="0">
      ${l.length===0&&t`<p class="tap-row muted">${m.tapWaiting}</p>`}
      ${l.map($=>{let v=typeof $.message=="string"?$.message:JSON.stringify($.message);return t`<div class="tap-row" key=${$.id} data-open=${o===$.id?"":void 0}>
          <time>${Z($.time)}</time>
          <button type="button" aria-expanded=${o===$.id} onClick=${()=>k(o===$.id?"":$.id)}>${Ze(o===$.id?nt(v):v,2e3)}${$.is_truncated?" …":""}</button>
        </div>`})}
    </div>
  </section>`}var g=u.nodes;function rt({dag:e,onOpen:s}){let a=K(e.name).value,n=U.value.query.get("q")??"",l=U.value.query.get("sort")??"",r=Te(()=>Object.values(e.nodes).map((o,k)=>{let $=a?.nodes.get(o.name);return{node:o,order:k,name:o.name,calls:Number($?.[1]??o.compute_count),errors:$?.[2]??Number(o.error_count),rate:$?.[3]??null,queue:$?.[4]??o.queue_depth,max:$?.[5]??null,p99:$?.[7]??null}}),[e,a]),c=l.replace("-","")||"order",i=l.startsWith("-")?-1:1,p=r.filter(o=>o.name.toLowerCase().includes(n.toLowerCase())).sort((o,k)=>i*(c==="name"?o.name.localeCompare(k.name):Number(o[c]??-1)-Number(k[c]??-1))),d=[{key:"name",label:g.name,sort:"name",bare:!0,cell:o=>t`<span class="cell-name"><a class="dag-link" href=${`/dags/${e.name}?tab=nodes&node=${o.name}`} onClick=${k=>{k.preventDefault(),s(o.name)}} title=${o.name}>${o.name}</a></span>`},{key:"type",label:g.type,cell:o=>t`<span class="muted">${o.node.calculator?e.calculators[o.node.calculator]?.type:o.node.type}</span>`},{key:"after",label:g.after,cell:o=>t`<span class="truncate muted" title=${o.node.dependencies.join(", ")}>${o.node.dependencies.join(", ")||R}</span>`},{key:"rate",label:g.rate,number:!0,sort:"rate",cell:o=>t`<span class=${o.rate?"":"zero"}>${h(o.rate)}</span>`},{key:"calls",label:g.calls,number:!0,sort:"calls",cell:o=>h(o.calls)},{key:"queue",label:g.queue,number:!0,cell:o=>o.max?t`<${ue} fill=${o.queue/o.max} />`:t`<span class=${o.queue?"":"zero"}>${h(o.queue)}</span>`},{key:"p99",label:g.p99,number:!0,cell:o=>V(o.p99)},{key:"errors",label:g.errors,number:!0,sort:"errors",cell:o=>t`<span class=${o.errors?"text-failed":"zero"}>${h(o.errors)}</span>`}];return t`<div class="tab-body tab-body--pad">
    <div class="filters"><${He} label=${g.filter} value=${n} onInput=${o=>J({q:o})} /></div>
    <section class="panel table-wrap"><${ae} label=${g.title} columns=${d} items=${p} keyOf=${o=>o.name} sort=${l} onSort=${o=>J({sort:o})} /></section>
    <h2 class="section-title">${g.sources}</h2>
    <section class="panel table-wrap"><${ae} label=${g.sources} columns=${_t(a)} items=${Object.values(e.subscribers)} keyOf=${o=>o.name} /></section>
    <h2 class="section-title">${g.sinks}</h2>
    <section class="panel table-wrap"><${ae} label=${g.sinks} columns=${Ct(a)} items=${Object.values(e.publishers)} keyOf=${o=>o.name} /></section>
  </div>`}function _t(e){let s=a=>e?.subscribers.get(a.name);return[{key:"name",label:g.name,bare:!0,cell:a=>t`<b>${a.name}</b>`},{key:"address",label:g.address,cell:a=>t`<span class="truncate muted" title=${a.source}>${a.source??a.type}</span>`},{key:"count",label:g.received,number:!0,cell:a=>h(s(a)?.[1]??a.receive_count)},{key:"depth",label:g.queue,number:!0,cell:a=>a.max_depth?t`<${ue} fill=${(s(a)?.[2]??a.current_depth)/a.max_depth} />`:h(s(a)?.[2]??a.current_depth)},{key:"dropped",label:g.dropped,number:!0,cell:a=>t`<span class=${Number(a.dropped)?"text-warning":"zero"}>${h(a.dropped)}</span>`}]}function Ct(e){let s=a=>e?.publishers.get(a.name);return[{key:"name",label:g.name,bare:!0,cell:a=>t`<b>${a.name}</b>`},{key:"address",label:g.address,cell:a=>t`<span class="truncate muted" title=${a.destination}>${a.destination??a.type}</span>`},{key:"count",label:g.published,number:!0,cell:a=>h(s(a)?.[1]??a.publish_count)},{key:"depth",label:g.queue,number:!0,cell:a=>h(s(a)?.[2]??a.queue_depth)},{key:"retries",label:g.retries,number:!0,cell:a=>t`<span class=${Number(a.retries)?"":"zero"}>${h(a.retries)}</span>`},{key:"letters",label:g.letters,number:!0,cell:a=>t`<span class=${Number(s(a)?.[3]??a.dead_letters)?"text-failed":"zero"}>${h(s(a)?.[3]??a.dead_letters)}</span>`}]}function lt({dag:e,onOpen:s}){let a=I(()=>D(w`/dags/${e.name}/nodes`),[e.name]);return t`<div class="tab-body tab-body--pad">
    <${z} of=${a}>
      ${n=>{let l=n.items.filter(r=>Number(r.error_count)>0);return l.length===0?t`<section class="panel"><${ee} title=${g.noErrors} detail=${g.noErrorsDetail} /></section>`:l.map(r=>t`<section class="panel" key=${r.name}>
            <header class="panel-head"><h2>${r.name}</h2><span class="count-pill count-pill--failed">${h(r.error_count)}</span><span class="spacer"></span><button class="button button--small" type="button" onClick=${()=>s(r.name)}>${u.common.open}</button></header>
            <${Ee} items=${r.errors} />
          </section>`)}}
    <//>
  </div>`}var S=u.dag,it={"5m":300,"1h":3600,"24h":86400};function ct({name:e}){let s=U.value.query.get("span")??"1h",a=n=>w`/dags/${e}/metrics`+H({from:new Date(n-it[s]*1e3).toISOString(),to:new Date(n).toISOString()});return t`<div class="tab-body tab-body--pad">
    <div class="filters"><${he} label=${S.span} value=${s} onInput=${n=>J({span:n})} options=${Object.keys(it).map(n=>({value:n,label:n}))} /></div>
    ${[[S.charts.rates,["in","out"]],[S.charts.queue,["queue"]],[S.charts.errors,["errors"]]].map(([n,l])=>t`<section class="panel" key=${n}>
        <header class="panel-head"><h2>${n}</h2><span class="spacer"></span>${l.length>1&&l.map(r=>t`<span class="live"><span class="swatch swatch--${r}"></span>${S.series[r]}</span>`)}</header>
        <div class="panel-body"><${ge} url=${a} lines=${l} every=${s==="5m"?2e3:15e3} height=${180} label=${n} /></div>
      </section>`)}
  </div>`}function ut({dag:e}){let s=I(()=>W("GET",w`/dags/${e.name}`),[e.name,e.revision]),a=async n=>{await navigator.clipboard.writeText(n),X(u.common.copied)};return t`<div class="tab-body tab-body--pad">
    <${z} of=${s}>
      ${n=>t`<section class="panel">
        <header class="panel-head"><h2>${S.definition(e.revision)}</h2><span class="spacer"></span>
          <button class="button button--small" type="button" onClick=${()=>a(n.text)}><${y} name="copy" small />${u.common.copy}</button>
          ${Y.value&&t`<a class="button button--small" href=${`/dags/${e.name}/edit`}><${y} name="edit" small />${u.actions.edit}</a>`}
        </header>
        <div class="panel-body"><${P} source=${n.text} label=${S.tabs.definition} /></div>
      </section>`}
    <//>
  </div>`}function mt({dag:e,reload:s}){let a=I(()=>D(w`/dags/${e.name}/revisions`+"?limit=100"),[e.name,e.revision]),[n,l]=f(""),r=c=>G(()=>t`<${Fe}
        title=${S.rollBackTitle(c)}
        detail=${S.rollBackDetail}
        action=${S.rollBack}
        run=${async()=>{try{let{etag:i}=await W("GET",w`/dags/${e.name}`);await W("POST",w`/dags/${e.name}/rollback`,{body:{revision:Number(c)},ifMatch:i}),X(S.rolledBack(e.name,c)),s(),a.reload()}catch(i){fe(S.notRolledBack,i)}}}
      />`);return t`<div class="tab-body tab-body--pad">
    <${z} of=${a}>
      ${c=>c.items.length===0?t`<section class="panel"><${ee} title=${S.noRevisions} /></section>`:t`<section class="panel table-wrap">
              <${ae}
                label=${S.tabs.revisions}
                items=${c.items}
                keyOf=${i=>String(i.revision)}
                columns=${[{key:"revision",label:S.columns.revision,bare:!0,cell:i=>t`<b>${i.revision}</b>${String(i.revision)===String(e.running_revision??e.revision)&&t` <span class="tag">${S.current}</span>`}`},{key:"when",label:S.columns.when,cell:i=>t`<span title=${Re(i.time)}>${de(i.time)}</span>`},{key:"who",label:S.columns.who,cell:i=>i.user},{key:"comment",label:S.columns.comment,cell:i=>t`<span class="truncate">${i.comment??""}</span>`},{key:"more",label:"",number:!0,bare:!0,cell:i=>t`<span class="button-row">
                      <button class="button button--small" type="button" aria-pressed=${n===String(i.revision)} onClick=${()=>l(n===String(i.revision)?"":String(i.revision))}>${S.diff}</button>
                      ${Y.value&&String(i.revision)!==String(e.revision)&&t`<button class="button button--small" type="button" onClick=${()=>r(i.revision)}><${y} name="undo" small />${S.rollBack}</button>`}
                    </span>`}]}
              />
            </section>
            ${n&&t`<${Et} name=${e.name} revision=${n} />`}`}
    <//>
  </div>`}function Et({name:e,revision:s}){let a=I(()=>D(w`/dags/${e}/revisions/${s}`),[e,s]);return t`<section class="panel">
    <header class="panel-head"><h2>${S.changesOf(s)}</h2></header>
    <div class="panel-body"><${z} of=${a}>${n=>n.diff?t`<${ve} source=${n.diff} label=${S.changesOf(s)} />`:t`<p class="muted">${S.noDiff}</p>`}<//></div>
  </section>`}var $t=u.why;function qe(e){G(()=>t`<${qt} name=${e} />`)}function qt({name:e}){let s=I(()=>D(w`/dags/${e}/why`),[e]);return t`<${te} title=${$t.title} note=${e}>
    <${z} of=${s}>
      ${a=>a.findings.length===0?t`<p class="note"><${Q} name="done" tone="done" />${$t.healthy}</p>`:t`<ol class="findings">
              ${a.findings.map((n,l)=>t`<li>
                  <${Q} name=${l===0&&!a.is_healthy?"failed":"warning"} tone=${l===0&&!a.is_healthy?"failed":"warning"} />
                  <b>${n.object}</b>
                  <span class="muted">${n.since?u.dashboard.since(pe((Date.now()-Date.parse(n.since))/1e3)):""}</span>
                  <p>${n.detail}${n.suggestion&&t`<br /><b>${n.suggestion}</b>`}</p>
                </li>`)}
            </ol>`}
    <//>
  <//>`}var M=u.dag,Nt=["graph","nodes","errors","metrics","definition","revisions"];function Ne(e){let s=0,a=0,n=null,l=null;for(let[r,,c,,i,p,,d]of e?.nodes.values()??[])s+=c??0,c>0&&a++,p&&i!==null&&(!n||i/p>n.fill)&&(n={name:r,fill:i/p}),d!=null&&(l===null||d>l)&&(l=d);return{errors:s,failing:a,fullest:n,slowest:l}}function Tt({dag:e,reload:s}){let a=K(e.name).value,n=a?.row.state??e.state,{failing:l}=Ne(a),r={...e,state:n},c=d=>()=>Ke(d,e.name).then(s),i=[{label:u.actions.stop,icon:"stop",reason:se("stop",r)||void 0,run:c("stop")},{label:u.actions.stopNow,icon:"stop",reason:se("stopNow",r)||void 0,run:c("stopNow")},{label:u.actions.restart,icon:"restart",reason:se("restart",r)||void 0,run:c("restart")}],p=[...oe.value?[{label:u.actions.publish,icon:"publish",run:()=>we(e.name)},{label:u.actions.step,icon:"step",run:()=>tt(e.name)}]:[],{label:u.actions.why,icon:"help",run:()=>qe(e.name)},{label:u.actions.letters,icon:"letters",href:`/dags/${e.name}/dead-letters`},{label:u.actions.download,icon:"download",run:()=>Dt(e.name)},...Y.value?[{label:u.actions.delete,icon:"delete",danger:!0,line:!0,run:()=>Qe(e.name,Ue)}]:[]];return t`<header class="dag-head">
    <a class="crumb" href="/">${u.nav.dags}</a><span class="muted" aria-hidden="true">/</span>
    <h1 class="truncate" title=${e.name}>${e.name}</h1>
    <${Ae} state=${n} boxed />
    ${l>0&&t`<${be} tone="failed">${M.failing(l)}<//>`}
    <div class="facts">
      <span>${e.since?pe((Date.now()-Date.parse(e.since))/1e3):R}</span>
      <span><a href=${`/dags/${e.name}?tab=revisions`} class="muted">${M.revision(e.revision)}</a></span>
      <span>${Xe(e)}</span>
    </div>
    <span class="spacer"></span>
    <div class="button-row">
      ${oe.value&&(e.is_running?t`${e.is_suspended?t`<button class="button" type="button" onClick=${c("resume")}><${y} name="start" />${u.actions.resume}</button>`:t`<button class="button" type="button" onClick=${c("suspend")}><${y} name="suspend" />${u.actions.suspend}</button>`}
            <${Oe} label=${u.actions.stop} icon="stop" items=${i}>${u.actions.stop}<//>`:t`<button class="button button--primary" type="button" disabled=${se("start",r)!==""} title=${se("start",r)} onClick=${c("start")}><${y} name="start" />${u.actions.start}</button>`)}
      ${Y.value&&t`<button class="button hide-phone" type="button" onClick=${()=>_e(e)}><${y} name="clone" />${u.actions.clone}</button>
        <a class="button" href=${`/dags/${e.name}/edit`}><${y} name="edit" />${u.actions.edit}</a>`}
      <${Oe} label=${u.dashboard.moreActions(e.name)} icon="more" items=${p} />
    </div>
    ${e.reason&&t`<p class="note note--${n==="failed"||n==="invalid"?"failed":"warning"} reason">${e.reason}</p>`}
  </header>`}async function Dt(e){let s=document.createElement("a");s.href=w`/api/v1/dags/${e}`,s.download=`${e}.json`,s.click()}function It({dag:e}){let s=K(e.name).value,{errors:a,fullest:n,slowest:l}=Ne(s),r=s?.row,c=(i,p,d="",o=null)=>t`<div><dt>${i}</dt><dd><span class="value">${p}${d&&p!==R&&t`<small>${d}</small>`}</span>${o}</dd></div>`;return t`<dl class="pulse">
    ${c(M.in,h(r?.inRate??e.in_rate),"/s")}
    ${c(M.out,h(r?.outRate??e.out_rate),"/s")}
    ${c(M.fullest,n?`${Math.round(n.fill*100)}%`:R,"",n&&Ve(n.fill)!=="ok"?t`<${ue} fill=${n.fill} bare />`:null)}
    ${c(M.waiting,h(r?.queue??e.queue))}
    ${c(M.slowest,V(l),"ms")}
    ${c(M.errors,t`<span class=${(r?.errors??0)>0?"text-failed":""}>${h(r?.errors??e.errors)}</span>`)}
    ${c(M.errorsAll,h(a))}
  </dl>`}function jt({name:e,tab:s,counts:a}){let n=$e.value==="paused";return t`<nav class="tabs" aria-label=${M.views}>
    ${Nt.map(l=>t`<a href=${`/dags/${e}${l==="graph"?"":`?tab=${l}`}`} aria-current=${l===s?"page":void 0}>
        ${M.tabs[l]}${a[l]!==null&&a[l]!==void 0&&t`<span class="count-pill ${l==="errors"&&a[l]?"count-pill--failed":""}">${h(a[l])}</span>`}
      </a>`)}
    <span class="spacer"></span>
    <span class="live hide-phone ${$e.value==="open"?"":"live--lost"}"><${y} name="tap" small />${u.live[$e.value||"lost"]}</span>
    <button class="button button--quiet hide-phone" type="button" onClick=${()=>Pe(!n)}><${y} name=${n?"start":"pause"} small />${n?u.live.resume:u.live.pause}</button>
  </nav>`}function Bt({name:e}){let s=I(()=>D(w`/dags/${e}/details`),[e,Be.value]),a=K(e).value,{query:n}=U.value,l=n.get("tab")??"graph",r=n.get("node"),c=n.get("panel");if(B(()=>Le(`dag:${e}`),[e]),B(()=>{!c||!s.data||(J({panel:null}),c==="why"?qe(e):c==="clone"&&_e(s.data))},[c,!!s.data]),!s.data)return t`<main id="main" class="page">${s.error instanceof Ie||s.error?t`<${xe} error=${s.error} retry=${s.reload} />`:t`<${Ge} lines=${10} />`}</main>`;let i=s.data,p=k=>J({node:k}),d={graph:()=>t`<${et} dag=${i} selected=${r} onSelect=${p} />`,nodes:()=>t`<${rt} dag=${i} onOpen=${p} />`,errors:()=>t`<${lt} dag=${i} onOpen=${p} />`,metrics:()=>t`<${ct} name=${e} />`,definition:()=>t`<${ut} dag=${i} />`,revisions:()=>t`<${mt} dag=${i} reload=${s.reload} />`}[l],o=r!==null&&i.nodes[r];return t`<div class="dag-layout ${o?"dag-layout--drawer":""}">
    <main id="main" class="dag-main">
      <${Tt} dag=${i} reload=${s.reload} />
      <${It} dag=${i} />
      <${jt} name=${e} tab=${l} counts=${{nodes:Object.keys(i.nodes).length,errors:a?Ne(a).errors:null}} />
      ${d?d():t`<${xe} error=${{message:l}} />`}
    </main>
    ${o&&t`<${ot} key=${r} dag=${i} node=${i.nodes[r]} onClose=${()=>p(null)} reload=${s.reload} />`}
  </div>`}export{Bt as default};
