import{a as ve,g as et}from"./part-OFC2XAYS.js";import{a as Ze,b as P}from"./part-3HUIUF7L.js";import{a as Ye}from"./part-GQWRXWQ2.js";import{a as te,b as Ke,c as Qe,d as Ue,f as Xe}from"./part-F5BJRGYN.js";import{a as Ve,b as ce}from"./part-CC2NYP5A.js";import{a as se}from"./part-YBYOOAGG.js";import{a as Ge,b as Z,c as xe,d as I,e as z}from"./part-CANOQYUC.js";import{a as Je,b as le,c as We,e as ie,f as he,g as He}from"./part-TPFHHKCJ.js";import{a as Oe}from"./part-OME5Q7GT.js";import{d as ae,e as Y,l as Me}from"./part-XFUTLP44.js";import{a as me,b as je,c as Be,g as K,h as Le,i as Pe,l as G,m as re,n as ee,o as Fe}from"./part-DQYNYIVB.js";import{d as X,e as fe}from"./part-RZYOSCF4.js";import{a as U,c as Te,d as J}from"./part-SPG7OGLY.js";import{A as $e,B as pe,C as de,D as Re,E as ze,G as u,H as y,I as Q,K as Ae,L as be,b as f,c as L,d as Se,e as De,j as t,n as Ie,o as W,p as T,q as ne,r as k,s as H,t as R,w as h,x as oe,z as V}from"./part-FOJS6OAM.js";var _=u.clone;function _e(e){G(()=>t`<${bt} dag=${e} />`)}function dt(e){try{return JSON.parse(e)}catch{return e}}function bt({dag:e}){let[s,n]=f(""),[a,l]=f(e.start_time?"same":"always"),[r,c]=f(e.start_time??""),[i,p]=f(e.end_time??""),[d,o]=f(e.duration??""),[w,$]=f([{key:"",value:""}]),[v,j]=f(!1),[D,N]=f(null),[E,b]=f(null),x=()=>({...s?{name:s}:{},...a==="window"?{start_time:r,...d?{duration:d}:{end_time:i}}:{},overrides:Object.fromEntries(w.filter(O=>O.key).map(O=>[O.key,dt(O.value)])),start:v}),B=JSON.stringify(x());L(()=>{let O=setTimeout(()=>{ne(k`/dags/${e.name}/clone`+"?dry_run=1",JSON.parse(B)).then(F=>{N(F),b(null)},b)},300);return()=>clearTimeout(O)},[B]);let we=async()=>{try{let O=await ne(k`/dags/${e.name}/clone`,x());re(),X(_.done(O.name),"",{label:u.common.open,run:()=>Te(`/dags/${O.name}`)})}catch(O){b(O)}},q=(O,F)=>{let A=w.map((ue,pt)=>pt===O?{...ue,...F}:ue);A[A.length-1].key&&A.push({key:"",value:""}),$(A)};return t`<${ee}
    wide
    title=${_.title(e.name)}
    note=${_.note}
    onSubmit=${we}
    side=${t`<h3>${_.name}</h3><p class="strong mono">${D?.name??""}</p>
      <h3>${_.runs}</h3>
      ${D?.runs?.length?t`<ul class="stack stack--tight">${D.runs.slice(0,5).map(O=>t`<li>${ze(O.start)}</li>`)}</ul>`:t`<p class="muted">${a==="window"?_.noRuns:u.common.always}</p>`}
      ${D?.diff&&t`<h3>${_.changes}</h3><${ve} source=${D.diff} label=${_.changes} />`}`}
    foot=${t`<${ie} label=${_.start} checked=${v} onInput=${j} /><span class="spacer"></span>
      <button class="button" type="button" onClick=${re}>${u.common.cancel}</button>
      <button class="button button--primary" type="submit" disabled=${!!E}><${y} name="clone" />${u.actions.clone}</button>`}
  >
    <${le} label=${_.name} value=${s} onInput=${n} mono placeholder=${D?.name??""} help=${_.nameHelp} optional=${u.common.optional} />
    <div class="field">
      <span class="field-label">${_.window}</span>
      <${he} label=${_.window} value=${a} onInput=${l} options=${[e.start_time?{value:"same",label:_.same}:{value:"always",label:u.common.always},{value:"window",label:_.daily}]} />
    </div>
    ${a==="window"&&t`<div class="field-row">
      <${le} label=${_.from} value=${r} onInput=${c} placeholder="17:00" inputMode="numeric" />
      <${le} label=${_.to} value=${i} onInput=${p} placeholder="19:30" inputMode="numeric" disabled=${!!d} />
      <${le} label=${_.duration} value=${d} onInput=${o} placeholder="2h30m" />
    </div>`}
    <fieldset class="field">
      <legend>${_.overrides}</legend>
      ${w.map((O,F)=>t`<div class="override" key=${F}>
          <input class="input mono" aria-label=${_.key} placeholder="subscribers.in.source" value=${O.key} spellcheck="false" onInput=${A=>q(F,{key:A.target.value})} />
          <input class="input mono" aria-label=${_.value} placeholder="mem://queue/other" value=${O.value} spellcheck="false" onInput=${A=>q(F,{value:A.target.value})} />
          <button class="button button--quiet button--icon" type="button" aria-label=${_.removeOverride} disabled=${w.length===1} onClick=${()=>$(w.filter((A,ue)=>ue!==F))}><${y} name="close" small /></button>
        </div>`)}
    </fieldset>
    ${E&&t`<div class="note note--failed" role="alert"><${Q} name="failed" tone="failed" /><div>${E.message}${(E.errors??[]).map(O=>t`<br /><span class="mono">${O.pointer}</span> ${O.message}`)}</div></div>`}
  <//>`}var ft={in:"--series-rate",out:"--series-latency",errors:"--series-error",queue:"--series-queue"},ht={queue:[5,3]};function ye(e){return getComputedStyle(document.documentElement).getPropertyValue(e).trim()}function vt(e,s){let n=Date.parse(e.from)/1e3,a=e.step_ms/1e3;return[e[s[0]].map((l,r)=>n+r*a),...s.map(l=>e[l])]}function yt(e,s,n){let a={stroke:ye("--chart-axis"),font:`11px ${ye("--font-ui")}`,grid:{stroke:ye("--chart-grid"),width:1},ticks:{show:!1}};return{width:s,height:n,cursor:{drag:{x:!1,y:!1},points:{size:6}},legend:{show:!1},padding:[8,4,0,0],axes:[{...a,size:24,grid:{show:!1}},{...a,size:42,values:(l,r)=>r.map(c=>h(c))}],scales:{y:{range:(l,r,c)=>[0,Math.max(1,c*1.1)]}},series:[{},...e.map((l,r)=>{let c=ye(ft[l]);return{label:l,stroke:c,width:1.75,dash:ht[l],fill:r===0&&e.length===1?`${c}1a`:void 0,points:{show:!1},spanGaps:!1}})]}}function ge({url:e,lines:s,every:n,height:a,label:l}){let r=Se(null),c=Se(null),[i,p]=f(""),[d,o]=f(null),w=e(0);L(()=>{let v=!0,j=null,D=async()=>{try{let[{default:E},b]=await Promise.all([import("./part-IALFXYPO.js"),T(e(Date.now()))]),x=r.current;if(!v||!x)return;let B=vt(b,s);c.current?c.current.setData(B):c.current=new E(yt(s,x.clientWidth,a),B,x),p(""),o(b)}catch(E){v&&p(String(E?.message??E))}v&&(j=setTimeout(D,n))},N=new ResizeObserver(()=>r.current&&c.current?.setSize({width:r.current.clientWidth,height:a}));return D(),r.current&&N.observe(r.current),()=>{v=!1,clearTimeout(j),N.disconnect(),c.current?.destroy(),c.current=null}},[w,Me.value]);let $=d?.[s[0]]?.filter(v=>v!==null).at(-1);return t`<div class="chart" role="img" aria-label=${u.chart.label(l,h($))} ref=${r}></div>${i&&t`<p class="muted">${i}</p>`}`}var C=u.publish;function ke(e,s){G(()=>t`<${st} name=${e} first=${s??""} isStep=${!1} />`)}function tt(e){G(()=>t`<${st} name=${e} first="" isStep=${!0} />`)}function Ce(e){try{return JSON.parse(e),""}catch(s){return String(s.message)}}function st({name:e,first:s,isStep:n}){let a=I(()=>T(k`/dags/${e}/details`),[e]),l=Object.values(a.data?.subscribers??{}),[r,c]=f(s),[i,p]=f("{}"),[d,o]=f(!1),[w,$]=f(!1),[v,j]=f(null),[D,N]=f(null),[E,b]=f(!1),x=l.find(q=>q.name===r)??l[0],B=d?i.split(`
`).map((q,O)=>q.trim()&&Ce(q)?C.line(O+1,Ce(q)):"").find(Boolean):Ce(i);L(()=>N(null),[i,r,d]);let we=async()=>{if(!(!x||B)){b(!0),N(null);try{j(n?await ne(k`/dags/${e}/step`+H({subscriber:x.name}),i):(await W("POST",k`/dags/${e}/subscribers/${x.name}/messages`+H({inject:w||!x.is_publishable}),{body:d?`${i.trim()}
`:i,type:d?"application/x-ndjson":"application/json"})).body)}catch(q){N(q)}b(!1)}};return t`<${ee}
    wide
    title=${n?C.stepTitle:C.title}
    note=${n?C.stepNote:e}
    onSubmit=${we}
    side=${t`<h3>${C.result}</h3>${D?t`<p class="note note--failed"><${Q} name="failed" tone="failed" />${D.message}</p>`:v?n?t`<${gt} result=${v} />`:t`<p class="note"><${Q} name="done" tone="done" />${C.accepted(v.accepted,v.is_safe)}${v.sequence?` · ${C.sequence(oe(v.sequence))}`:""}</p>`:t`<p class="muted">${n?C.stepHelp:C.help}</p>`}`}
    foot=${t`<span class="spacer"></span><button class="button" type="button" onClick=${re}>${u.common.close}</button>
      <button class="button button--primary" type="submit" disabled=${E||!x||!!B}><${y} name=${n?"step":"publish"} />${n?C.step:C.submit}</button>`}
  >
    <${We} label=${C.to} value=${x?.name??""} onInput=${c} options=${l.map(q=>({value:q.name,label:q.source?`${q.name} · ${q.source}`:q.name}))} />
    <${Je} label=${C.message} for="message" problem=${B} help=${d?C.linesHelp:""}>
      <textarea id="message" class="input mono" rows="10" spellcheck="false" value=${i} aria-invalid=${B?"true":void 0} aria-describedby="message-help" onInput=${q=>p(q.target.value)}></textarea>
    <//>
    ${!n&&t`<${ie} label=${C.lines} checked=${d} onInput=${o} />
      <${ie} label=${C.inject} help=${x&&!x.is_publishable?C.injectOnly:C.injectHelp} checked=${w||x&&!x.is_publishable} disabled=${x&&!x.is_publishable} onInput=${$} />`}
  <//>`}function gt({result:e}){return t`<ol class="steps">
    ${e.nodes.filter(s=>s.woken).map(s=>t`<li><h3>${s.name} <span class="muted">${s.type}</span></h3>${s.error?t`<p class="note note--failed">${s.error}</p>`:t`<${P} value=${s.output} label=${s.name} />`}</li>`)}
    ${e.publishers.map(s=>t`<li><h3>${C.wouldGet(s.name)}</h3>${s.messages.length?s.messages.map(n=>t`<${P} value=${n} label=${s.name} />`):t`<p class="muted">${C.nothing}</p>`}</li>`)}
    ${e.dead_letters.map(s=>t`<li><h3 class="text-failed">${C.letter}</h3><${P} value=${s} label=${C.letter} /></li>`)}
  </ol>`}var m=u.drawer,nt={"5m":300,"1h":3600,"24h":86400},kt=200;function wt(e){let s=new Map;for(let n of e){let a=n.error.replace(/\d+/g,"#"),l=s.get(a);l?(l.count++,l.last=n):s.set(a,{error:n.error,code:n.code,count:1,first:n,last:n})}return[...s.values()].reverse()}function Ee({items:e}){let s=wt(e);return s.length===0?t`<${Z} title=${m.noErrors} />`:s.map(n=>t`<details class="error-group" key=${n.error}>
      <summary><span class="count-pill count-pill--failed">${n.count}</span><code>${n.last.error}</code><${y} name="down" small /></summary>
      <p class="error-times">${m.times(de(n.first.time),de(n.last.time),oe(n.first.cycle),oe(n.last.cycle))}</p>
      ${n.last.input&&t`<h4 class="muted">${m.inputOfLast}</h4><${P} source=${at(n.last.input)} label=${m.inputOfLast} />`}
    </details>`)}function at(e){try{return JSON.stringify(JSON.parse(e),null,2)}catch{return e}}function ot({dag:e,node:s,onClose:n,reload:a}){let r=K(e.name).value?.nodes.get(s.name),[c,i]=f("errors"),[p,d]=f("5m"),[o,w]=f(""),$=I(()=>T(k`/dags/${e.name}/nodes/${s.name}`),[e.name,s.name,Math.floor(je.value/5e3)]),v=r?.[2]??Number(s.error_count),j=$.data??s;L(()=>{let b=x=>x.key==="Escape"&&!document.querySelector('dialog[open], [role="menu"]')&&n();return document.addEventListener("keydown",b),()=>document.removeEventListener("keydown",b)},[]);let D=async()=>{try{await W("DELETE",k`/dags/${e.name}/nodes/${s.name}/errors`),X(m.cleared(s.name)),$.reload(),a()}catch(b){fe(m.notCleared,b)}},N=(b,x,B="")=>t`<div><dt>${b}</dt><dd class="value">${x}${B&&t` <small>${B}</small>`}</dd></div>`,E=s.subscriber?e.subscribers[s.subscriber]?.source:s.publishers[0]?e.publishers[s.publishers[0]]?.destination:s.calculator?e.calculators[s.calculator]?.type:"";return t`<aside class="drawer" aria-label=${m.of(s.name)}>
    <header class="drawer-head">
      <span class="kind-tile ${v>0?"kind-tile--failed":""}"><${y} name=${Ye(`${E??""} ${s.type}`)} /></span>
      <div><h2 class="truncate" title=${s.name}>${s.name}</h2><p class="truncate" title=${E??""}>${s.type}${E?` · ${E}`:""}</p></div>
      ${v>0&&t`<${be} tone="failed">${m.failing}<//>`}
      <button class="button button--quiet button--icon" type="button" aria-label=${u.common.close} onClick=${n}><${y} name="close" /></button>
    </header>
    <div class="drawer-actions">
      ${ae.value&&t`<button class="button button--small" type="button" aria-pressed=${o==="in"} onClick=${()=>w(o==="in"?"":"in")}><${y} name="tap" small />${m.tapIn}</button>
        <button class="button button--small" type="button" aria-pressed=${o==="out"} onClick=${()=>w(o==="out"?"":"out")}><${y} name="tap" small />${m.tapOut}</button>
        ${s.subscriber&&t`<button class="button button--small" type="button" onClick=${()=>ke(e.name,s.subscriber)}><${y} name="publish" small />${m.publish}</button>`}
        ${v>0&&t`<button class="button button--small" type="button" onClick=${D}><${y} name="check" small />${m.clear}</button>`}`}
    </div>
    <dl class="facts-grid">
      ${N(m.rate,h(r?.[3]),"/s")}
      ${N(m.queue,h(r?.[4]??s.queue_depth),r?.[5]?m.ofMax(h(r[5])):"")}
      ${N(m.errors,t`<span class=${v>0?"text-failed":""}>${h(v)}</span>`)}
      ${N("p50 / p99",r&&r[7]!==null?`${V(r[6])} / ${V(r[7])}`:R,"ms")}
      ${N(m.calls,h(r?.[1]??s.compute_count))}
      ${N(m.lastMessage,pe(j.last_compute))}
    </dl>
    <section class="chart-block">
      <div class="chart-head">
        <span class="key"><svg class="key-line" aria-hidden="true"><path d="M0 4H16" stroke="var(--series-rate)" stroke-width="2" /></svg>${m.rate} /s</span>
        <span class="spacer"></span>
        <div class="segmented segmented--small" role="group" aria-label=${m.span}>
          ${Object.keys(nt).map(b=>t`<button type="button" aria-pressed=${b===p} onClick=${()=>d(b)}>${b}</button>`)}
        </div>
      </div>
      <${ge} url=${b=>k`/dags/${e.name}/metrics`+H({from:new Date(b-nt[p]*1e3).toISOString(),to:new Date(b).toISOString(),node:s.name})} lines=${["in"]} every=${p==="5m"?2e3:15e3} height=${120} label=${m.chart(s.name)} />
    </section>
    <div class="tabs" role="tablist" aria-label=${m.views}>
      ${["errors","messages","settings"].map(b=>t`<button type="button" role="tab" aria-selected=${b===c} onClick=${()=>i(b)}>${m.tabs[b]}${b==="errors"&&v>0&&t`<span class="count-pill count-pill--failed">${h(v)}</span>`}</button>`)}
    </div>
    <div class="drawer-body" role="tabpanel" tabindex="0" aria-label=${m.tabs[c]}>
      <${z} of=${$}>
        ${b=>c==="errors"?t`<${Ee} items=${b.errors} />`:c==="settings"?t`<div class="pad stack"><${xt} dag=${e} node=${b} /></div>`:t`<div class="pad stack"><${St} node=${b} /></div>`}
      <//>
    </div>
    ${o?t`<${Ot} key=${o} dag=${e.name} node=${s.name} side=${o} onEnd=${()=>w("")} />`:t`<div></div>`}
  </aside>`}function St({node:e}){return t`<div><h3>${m.input}</h3><${P} value=${e.input} label=${m.input} />${e.input_truncated&&t`<p class="muted">${m.truncated}</p>`}</div>
    <div><h3>${m.output}</h3><${P} value=${e.output} label=${m.output} />${e.output_truncated&&t`<p class="muted">${m.truncated}</p>`}</div>`}function xt({dag:e,node:s}){let n=[s.subscriber&&[m.subscriber(s.subscriber),e.subscribers[s.subscriber]?.config],s.calculator&&[m.calculator(s.calculator),e.calculators[s.calculator]?.config],...s.publishers.map(a=>[m.publisher(a),e.publishers[a]?.config]),[m.node,s.config]].filter(a=>a&&a[1]&&Object.keys(a[1]).length>0);return t`<dl class="facts-list">
      <dt>${m.before}</dt><dd>${s.dependencies.join(", ")||R}</dd>
      <dt>${m.transformers}</dt><dd>${[...s.input_transformers,...s.output_transformers].join(", ")||R}</dd>
    </dl>
    ${n.map(a=>t`<div><h3>${a[0]}</h3><${P} value=${a[1]} label=${a[0]} /></div>`)}`}function Ot({dag:e,node:s,side:n,onEnd:a}){let[l,r]=f([]),[c,i]=f(""),[p,d]=f(!1),[o,w]=f("");return L(()=>{if(p)return;let $=new EventSource(`/api/v1${k`/dags/${e}/nodes/${s}/tap`}${H({side:n,rate:10,max:500})}`),v=0;for(let j of["message","tap"])$.addEventListener(j,D=>{let N=JSON.parse(D.data);r(E=>[{...N,id:`${Date.now()}-${v++}`},...E].slice(0,kt))});for(let j of["end","bye"])$.addEventListener(j,()=>{$.close(),i(m.tapEnded)});return $.onerror=()=>{$.readyState===EventSource.CLOSED&&i(m.tapRefused)},()=>$.close()},[p]),t`<section class="tap" aria-label=${m.tap(n)}>
    <header class="tap-head">
      <${y} name="tap" small /><h3>${m.tap(n)}</h3><span class="muted truncate">${c||m.sampled}</span><span class="spacer"></span>
      <button class="button button--quiet button--icon button--small" type="button" aria-label=${p?u.live.resume:u.live.pause} onClick=${()=>d(!p)}><${y} name=${p?"start":"pause"} small /></button>
      <button class="button button--quiet button--icon button--small" type="button" aria-label=${m.tapClose} onClick=${a}><${y} name="close" small /></button>
    </header>
    <div class="tap-list" role="log" aria-label=${m.tap(n)} tabindex="0">
      ${l.length===0&&t`<p class="tap-row muted">${m.tapWaiting}</p>`}
      ${l.map($=>{let v=typeof $.message=="string"?$.message:JSON.stringify($.message??$.json??$.payload);return t`<div class="tap-row" key=${$.id} data-open=${o===$.id?"":void 0}>
          <time>${de($.time)}</time>
          <button type="button" aria-expanded=${o===$.id} onClick=${()=>w(o===$.id?"":$.id)}>${Ze(o===$.id?at(v):v,2e3)}${$.truncated?" …":""}</button>
        </div>`})}
    </div>
  </section>`}var g=u.nodes;function rt({dag:e,onOpen:s}){let n=K(e.name).value,a=U.value.query.get("q")??"",l=U.value.query.get("sort")??"",r=De(()=>Object.values(e.nodes).map((o,w)=>{let $=n?.nodes.get(o.name);return{node:o,order:w,name:o.name,calls:Number($?.[1]??o.compute_count),errors:$?.[2]??Number(o.error_count),rate:$?.[3]??null,queue:$?.[4]??o.queue_depth,max:$?.[5]??null,p99:$?.[7]??null}}),[e,n]),c=l.replace("-","")||"order",i=l.startsWith("-")?-1:1,p=r.filter(o=>o.name.toLowerCase().includes(a.toLowerCase())).sort((o,w)=>i*(c==="name"?o.name.localeCompare(w.name):Number(o[c]??-1)-Number(w[c]??-1))),d=[{key:"name",label:g.name,sort:"name",bare:!0,cell:o=>t`<span class="cell-name"><a class="dag-link" href=${`/dags/${e.name}?tab=nodes&node=${o.name}`} onClick=${w=>{w.preventDefault(),s(o.name)}} title=${o.name}>${o.name}</a></span>`},{key:"type",label:g.type,cell:o=>t`<span class="muted">${o.node.calculator?e.calculators[o.node.calculator]?.type:o.node.type}</span>`},{key:"after",label:g.after,cell:o=>t`<span class="truncate muted" title=${o.node.dependencies.join(", ")}>${o.node.dependencies.join(", ")||R}</span>`},{key:"rate",label:g.rate,number:!0,sort:"rate",cell:o=>t`<span class=${o.rate?"":"zero"}>${h(o.rate)}</span>`},{key:"calls",label:g.calls,number:!0,sort:"calls",cell:o=>h(o.calls)},{key:"queue",label:g.queue,number:!0,cell:o=>o.max?t`<${ce} fill=${o.queue/o.max} />`:t`<span class=${o.queue?"":"zero"}>${h(o.queue)}</span>`},{key:"p99",label:g.p99,number:!0,cell:o=>V(o.p99)},{key:"errors",label:g.errors,number:!0,sort:"errors",cell:o=>t`<span class=${o.errors?"text-failed":"zero"}>${h(o.errors)}</span>`}];return t`<div class="tab-body tab-body--pad">
    <div class="filters"><${He} label=${g.filter} value=${a} onInput=${o=>J({q:o})} /></div>
    <section class="panel table-wrap"><${se} label=${g.title} columns=${d} items=${p} keyOf=${o=>o.name} sort=${l} onSort=${o=>J({sort:o})} /></section>
    <h2 class="section-title">${g.sources}</h2>
    <section class="panel table-wrap"><${se} label=${g.sources} columns=${_t(n)} items=${Object.values(e.subscribers)} keyOf=${o=>o.name} /></section>
    <h2 class="section-title">${g.sinks}</h2>
    <section class="panel table-wrap"><${se} label=${g.sinks} columns=${Ct(n)} items=${Object.values(e.publishers)} keyOf=${o=>o.name} /></section>
  </div>`}function _t(e){let s=n=>e?.subscribers.get(n.name);return[{key:"name",label:g.name,bare:!0,cell:n=>t`<b>${n.name}</b>`},{key:"address",label:g.address,cell:n=>t`<span class="truncate muted" title=${n.source}>${n.source??n.type}</span>`},{key:"count",label:g.received,number:!0,cell:n=>h(s(n)?.[1]??n.receive_count)},{key:"depth",label:g.queue,number:!0,cell:n=>n.max_depth?t`<${ce} fill=${(s(n)?.[2]??n.current_depth)/n.max_depth} />`:h(s(n)?.[2]??n.current_depth)},{key:"dropped",label:g.dropped,number:!0,cell:n=>t`<span class=${Number(n.dropped)?"text-warning":"zero"}>${h(n.dropped)}</span>`}]}function Ct(e){let s=n=>e?.publishers.get(n.name);return[{key:"name",label:g.name,bare:!0,cell:n=>t`<b>${n.name}</b>`},{key:"address",label:g.address,cell:n=>t`<span class="truncate muted" title=${n.destination}>${n.destination??n.type}</span>`},{key:"count",label:g.published,number:!0,cell:n=>h(s(n)?.[1]??n.publish_count)},{key:"depth",label:g.queue,number:!0,cell:n=>h(s(n)?.[2]??n.queue_depth)},{key:"retries",label:g.retries,number:!0,cell:n=>t`<span class=${Number(n.retries)?"":"zero"}>${h(n.retries)}</span>`},{key:"letters",label:g.letters,number:!0,cell:n=>t`<span class=${Number(s(n)?.[3]??n.dead_letters)?"text-failed":"zero"}>${h(s(n)?.[3]??n.dead_letters)}</span>`}]}function lt({dag:e,onOpen:s}){let n=I(()=>T(k`/dags/${e.name}/nodes`),[e.name]);return t`<div class="tab-body tab-body--pad">
    <${z} of=${n}>
      ${a=>{let l=a.items.filter(r=>Number(r.error_count)>0);return l.length===0?t`<section class="panel"><${Z} title=${g.noErrors} detail=${g.noErrorsDetail} /></section>`:l.map(r=>t`<section class="panel" key=${r.name}>
            <header class="panel-head"><h2>${r.name}</h2><span class="count-pill count-pill--failed">${h(r.error_count)}</span><span class="spacer"></span><button class="button button--small" type="button" onClick=${()=>s(r.name)}>${u.common.open}</button></header>
            <${Ee} items=${r.errors} />
          </section>`)}}
    <//>
  </div>`}var S=u.dag,it={"5m":300,"1h":3600,"24h":86400};function ct({name:e}){let s=U.value.query.get("span")??"1h",n=a=>k`/dags/${e}/metrics`+H({from:new Date(a-it[s]*1e3).toISOString(),to:new Date(a).toISOString()});return t`<div class="tab-body tab-body--pad">
    <div class="filters"><${he} label=${S.span} value=${s} onInput=${a=>J({span:a})} options=${Object.keys(it).map(a=>({value:a,label:a}))} /></div>
    ${[[S.charts.rates,["in","out"]],[S.charts.queue,["queue"]],[S.charts.errors,["errors"]]].map(([a,l])=>t`<section class="panel" key=${a}>
        <header class="panel-head"><h2>${a}</h2><span class="spacer"></span>${l.length>1&&l.map(r=>t`<span class="live"><span class="swatch swatch--${r}"></span>${S.series[r]}</span>`)}</header>
        <div class="panel-body"><${ge} url=${n} lines=${l} every=${s==="5m"?2e3:15e3} height=${180} label=${a} /></div>
      </section>`)}
  </div>`}function ut({dag:e}){let s=I(()=>W("GET",k`/dags/${e.name}`),[e.name,e.revision]),n=async a=>{await navigator.clipboard.writeText(a),X(u.common.copied)};return t`<div class="tab-body tab-body--pad">
    <${z} of=${s}>
      ${a=>t`<section class="panel">
        <header class="panel-head"><h2>${S.definition(e.revision)}</h2><span class="spacer"></span>
          <button class="button button--small" type="button" onClick=${()=>n(a.text)}><${y} name="copy" small />${u.common.copy}</button>
          ${Y.value&&t`<a class="button button--small" href=${`/dags/${e.name}/edit`}><${y} name="edit" small />${u.actions.edit}</a>`}
        </header>
        <div class="panel-body"><${P} source=${a.text} label=${S.tabs.definition} /></div>
      </section>`}
    <//>
  </div>`}function mt({dag:e,reload:s}){let n=I(()=>T(k`/dags/${e.name}/revisions`+"?limit=100"),[e.name,e.revision]),[a,l]=f(""),r=c=>G(()=>t`<${Fe}
        title=${S.rollBackTitle(c)}
        detail=${S.rollBackDetail}
        action=${S.rollBack}
        run=${async()=>{try{let{etag:i}=await W("GET",k`/dags/${e.name}`);await W("POST",k`/dags/${e.name}/rollback`,{body:{revision:Number(c)},ifMatch:i}),X(S.rolledBack(e.name,c)),s(),n.reload()}catch(i){fe(S.notRolledBack,i)}}}
      />`);return t`<div class="tab-body tab-body--pad">
    <${z} of=${n}>
      ${c=>c.items.length===0?t`<section class="panel"><${Z} title=${S.noRevisions} /></section>`:t`<section class="panel table-wrap">
              <${se}
                label=${S.tabs.revisions}
                items=${c.items}
                keyOf=${i=>String(i.revision)}
                columns=${[{key:"revision",label:S.columns.revision,bare:!0,cell:i=>t`<b>${i.revision}</b>${String(i.revision)===String(e.running_revision??e.revision)&&t` <span class="tag">${S.current}</span>`}`},{key:"when",label:S.columns.when,cell:i=>t`<span title=${Re(i.time)}>${pe(i.time)}</span>`},{key:"who",label:S.columns.who,cell:i=>i.user},{key:"comment",label:S.columns.comment,cell:i=>t`<span class="truncate">${i.comment??""}</span>`},{key:"more",label:"",number:!0,bare:!0,cell:i=>t`<span class="button-row">
                      <button class="button button--small" type="button" aria-pressed=${a===String(i.revision)} onClick=${()=>l(a===String(i.revision)?"":String(i.revision))}>${S.diff}</button>
                      ${Y.value&&String(i.revision)!==String(e.revision)&&t`<button class="button button--small" type="button" onClick=${()=>r(i.revision)}><${y} name="undo" small />${S.rollBack}</button>`}
                    </span>`}]}
              />
            </section>
            ${a&&t`<${Et} name=${e.name} revision=${a} />`}`}
    <//>
  </div>`}function Et({name:e,revision:s}){let n=I(()=>T(k`/dags/${e}/revisions/${s}`),[e,s]);return t`<section class="panel">
    <header class="panel-head"><h2>${S.changesOf(s)}</h2></header>
    <div class="panel-body"><${z} of=${n}>${a=>a.diff?t`<${ve} source=${a.diff} label=${S.changesOf(s)} />`:t`<p class="muted">${S.noDiff}</p>`}<//></div>
  </section>`}var $t=u.why;function qe(e){G(()=>t`<${qt} name=${e} />`)}function qt({name:e}){let s=I(()=>T(k`/dags/${e}/why`),[e]);return t`<${ee} title=${$t.title} note=${e}>
    <${z} of=${s}>
      ${n=>n.findings.length===0?t`<p class="note"><${Q} name="done" tone="done" />${$t.healthy}</p>`:t`<ol class="findings">
              ${n.findings.map((a,l)=>t`<li>
                  <${Q} name=${l===0&&!n.is_healthy?"failed":"warning"} tone=${l===0&&!n.is_healthy?"failed":"warning"} />
                  <b>${a.object}</b>
                  <span class="muted">${a.since?u.dashboard.since($e((Date.now()-Date.parse(a.since))/1e3)):""}</span>
                  <p>${a.detail}${a.suggestion&&t`<br /><b>${a.suggestion}</b>`}</p>
                </li>`)}
            </ol>`}
    <//>
  <//>`}var M=u.dag,Nt=["graph","nodes","errors","metrics","definition","revisions"];function Ne(e){let s=0,n=0,a=null,l=null;for(let[r,,c,,i,p,,d]of e?.nodes.values()??[])s+=c??0,c>0&&n++,p&&i!==null&&(!a||i/p>a.fill)&&(a={name:r,fill:i/p}),d!=null&&(l===null||d>l)&&(l=d);return{errors:s,failing:n,fullest:a,slowest:l}}function Dt({dag:e,reload:s}){let n=K(e.name).value,a=n?.row.state??e.state,{failing:l}=Ne(n),r={...e,state:a},c=d=>()=>Ke(d,e.name).then(s),i=[{label:u.actions.stop,icon:"stop",reason:te("stop",r)||void 0,run:c("stop")},{label:u.actions.stopNow,icon:"stop",reason:te("stopNow",r)||void 0,run:c("stopNow")},{label:u.actions.restart,icon:"restart",reason:te("restart",r)||void 0,run:c("restart")}],p=[...ae.value?[{label:u.actions.publish,icon:"publish",run:()=>ke(e.name)},{label:u.actions.step,icon:"step",run:()=>tt(e.name)}]:[],{label:u.actions.why,icon:"help",run:()=>qe(e.name)},{label:u.actions.letters,icon:"letters",href:`/dags/${e.name}/dead-letters`},{label:u.actions.download,icon:"download",run:()=>Tt(e.name)},...Y.value?[{label:u.actions.delete,icon:"delete",danger:!0,line:!0,run:()=>Qe(e.name,Ue)}]:[]];return t`<header class="dag-head">
    <a class="crumb" href="/">${u.nav.dags}</a><span class="muted" aria-hidden="true">/</span>
    <h1 class="truncate" title=${e.name}>${e.name}</h1>
    <${Ae} state=${a} boxed />
    ${l>0&&t`<${be} tone="failed">${M.failing(l)}<//>`}
    <div class="facts">
      <span>${e.since?$e((Date.now()-Date.parse(e.since))/1e3):R}</span>
      <a href=${`/dags/${e.name}?tab=revisions`} class="muted">${M.revision(e.revision)}</a>
      <span>${Xe(e)}</span>
    </div>
    <span class="spacer"></span>
    <div class="button-row">
      ${ae.value&&(e.is_running?t`${e.is_suspended?t`<button class="button" type="button" onClick=${c("resume")}><${y} name="start" />${u.actions.resume}</button>`:t`<button class="button" type="button" onClick=${c("suspend")}><${y} name="suspend" />${u.actions.suspend}</button>`}
            <${Oe} label=${u.actions.stop} icon="stop" items=${i}>${u.actions.stop}<//>`:t`<button class="button button--primary" type="button" disabled=${te("start",r)!==""} title=${te("start",r)} onClick=${c("start")}><${y} name="start" />${u.actions.start}</button>`)}
      ${Y.value&&t`<button class="button hide-phone" type="button" onClick=${()=>_e(e)}><${y} name="clone" />${u.actions.clone}</button>
        <a class="button" href=${`/dags/${e.name}/edit`}><${y} name="edit" />${u.actions.edit}</a>`}
      <${Oe} label=${u.dashboard.moreActions(e.name)} icon="more" items=${p} />
    </div>
    ${e.reason&&t`<p class="note note--${a==="failed"||a==="invalid"?"failed":"warning"} reason">${e.reason}</p>`}
  </header>`}async function Tt(e){let s=document.createElement("a");s.href=k`/api/v1/dags/${e}`,s.download=`${e}.json`,s.click()}function It({dag:e}){let s=K(e.name).value,{errors:n,fullest:a,slowest:l}=Ne(s),r=s?.row,c=(i,p,d="",o=null)=>t`<div><dt>${i}</dt><dd><span class="value">${p}${d&&p!==R&&t`<small>${d}</small>`}</span>${o}</dd></div>`;return t`<dl class="pulse">
    ${c(M.in,h(r?.inRate??e.in_rate),"/s")}
    ${c(M.out,h(r?.outRate??e.out_rate),"/s")}
    ${c(M.fullest,a?`${Math.round(a.fill*100)}%`:R,"",a&&Ve(a.fill)!=="ok"?t`<${ce} fill=${a.fill} bare />`:null)}
    ${c(M.waiting,h(r?.queue??e.queue))}
    ${c(M.slowest,V(l),"ms")}
    ${c(M.errors,t`<span class=${(r?.errors??0)>0?"text-failed":""}>${h(r?.errors??e.errors)}</span>`)}
    ${c(M.errorsAll,h(n))}
  </dl>`}function jt({name:e,tab:s,counts:n}){let a=me.value==="paused";return t`<nav class="tabs" aria-label=${M.views}>
    ${Nt.map(l=>t`<a href=${`/dags/${e}${l==="graph"?"":`?tab=${l}`}`} aria-current=${l===s?"page":void 0}>
        ${M.tabs[l]}${n[l]!==null&&n[l]!==void 0&&t`<span class="count-pill ${l==="errors"&&n[l]?"count-pill--failed":""}">${h(n[l])}</span>`}
      </a>`)}
    <span class="spacer"></span>
    <span class="live hide-phone ${me.value==="open"?"":"live--lost"}"><${y} name="tap" small />${u.live[me.value||"lost"]}</span>
    <button class="button button--quiet hide-phone" type="button" onClick=${()=>Pe(!a)}><${y} name=${a?"start":"pause"} small />${a?u.live.resume:u.live.pause}</button>
  </nav>`}function Bt({name:e}){let s=I(()=>T(k`/dags/${e}/details`),[e,Be.value]),n=K(e).value,{query:a}=U.value,l=a.get("tab")??"graph",r=a.get("node"),c=a.get("panel");if(L(()=>Le(`dag:${e}`),[e]),L(()=>{!c||!s.data||(J({panel:null}),c==="why"?qe(e):c==="clone"&&_e(s.data))},[c,!!s.data]),!s.data)return t`<main id="main" class="page">${s.error instanceof Ie||s.error?t`<${xe} error=${s.error} retry=${s.reload} />`:t`<${Ge} lines=${10} />`}</main>`;let i=s.data,p=w=>J({node:w}),d={graph:()=>t`<${et} dag=${i} selected=${r} onSelect=${p} />`,nodes:()=>t`<${rt} dag=${i} onOpen=${p} />`,errors:()=>t`<${lt} dag=${i} onOpen=${p} />`,metrics:()=>t`<${ct} name=${e} />`,definition:()=>t`<${ut} dag=${i} />`,revisions:()=>t`<${mt} dag=${i} reload=${s.reload} />`}[l],o=r!==null&&i.nodes[r];return t`<div class="dag-layout ${o?"dag-layout--drawer":""}">
    <main id="main" class="dag-main">
      <${Dt} dag=${i} reload=${s.reload} />
      <${It} dag=${i} />
      <${jt} name=${e} tab=${l} counts=${{nodes:Object.keys(i.nodes).length,errors:n?Ne(n).errors:null}} />
      ${d?d():t`<${xe} error=${{message:l}} />`}
    </main>
    ${o&&t`<${ot} key=${r} dag=${i} node=${i.nodes[r]} onClose=${()=>p(null)} reload=${s.reload} />`}
  </div>`}export{Bt as default};
