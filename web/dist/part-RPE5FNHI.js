import{b as B,c as q}from"./part-SCWIHUPM.js";import{a as ce,b as $e}from"./part-ZOF7RUAL.js";import{a as R,b as F,c as L,d as z}from"./part-XAVYYX3W.js";import{d as oe,f as ie,g as ue}from"./part-UNH4OB5A.js";import{a as re}from"./part-22Z3CONE.js";import{d as h,e as f}from"./part-E767UOL2.js";import{a as ee,b as te,c as M,f as ne,l as G,m as le,o as P}from"./part-IFAHUKXN.js";import{d as x,f as g}from"./part-TNF4UPQQ.js";import{a as V,c as k,d as X}from"./part-ZGRRZHDQ.js";import{A as ae,F as I,G as l,H as p,I as v,J as y,K as j,b as C,c as W,d as H,j as s,n as Y,o as N,p as T,q as A,r as _,s as Z,t as se,w as m}from"./part-24ZBOSAH.js";function U(e,t){let n=t.is_running;return t.state==="invalid"&&(e==="start"||e==="restart")?l.reasons.invalid:e==="start"?n?l.reasons.running:"":e==="stop"||e==="stopNow"||e==="restart"?n||t.state==="failed"?"":l.reasons.notRunning:e==="suspend"?n?t.is_suspended?l.reasons.suspended:"":l.reasons.notRunning:e==="resume"?t.is_suspended?"":l.reasons.notSuspended:""}async function S(e,t){try{let n=e==="stop"?{drain:!0}:e==="stopNow"?{drain:!1}:void 0;await A(_`/dags/${t}/${e==="stopNow"?"stop":e}`+"?wait_ms=2000",n),x(l.done[e](t))}catch(n){g(l.notDone[e](t),n)}}function ge(e,t){let n=async()=>{try{let{etag:r}=await N("GET",_`/dags/${e}`);await N("DELETE",_`/dags/${e}`,{ifMatch:r}),x(l.done.delete(e)),t()}catch(r){g(l.notDone.delete(e),r)}},o=async()=>{le(),await S("stop",e)};G(()=>s`<${P}
      title=${l.remove.title(e)}
      detail=${l.remove.detail}
      action=${l.actions.delete}
      word=${e}
      run=${n}
      more=${s`<button class="button" type="button" onClick=${o}>${l.remove.drainFirst}</button>`}
    />`)}function Q(e,t,n){let o=async()=>{try{let{results:r}=await A("/dag-actions",{action:e,names:t}),i=r.filter(c=>c.status>=400);i.length<r.length&&x(l.many.done(e,r.length-i.length)),i.length&&g(l.many.failed(e,i.length),new Y(0,"",i.map(c=>`${c.name}: ${c.detail??c.code}`).join("; ")))}catch(r){g(l.many.failed(e,t.length),r)}n()};e==="delete"?G(()=>s`<${P} title=${l.remove.many(t.length)} detail=${s`${l.remove.detail} <b>${t.join(", ")}</b>`} action=${l.actions.delete} word=${String(t.length)} run=${o} />`):o()}function de(e,t){let n=[],o=(r,i)=>{let c=U(r,e);n.push({label:l.actions[r],icon:i,reason:c||void 0,run:()=>S(r,e.name).then(t)})};return h.value&&(o("start","start"),o("stop","stop"),o(e.is_suspended?"resume":"suspend",e.is_suspended?"start":"suspend"),o("restart","restart")),n.push({label:l.actions.why,icon:"help",href:`/dags/${e.name}?panel=why`,line:n.length>0}),n.push({label:l.actions.letters,icon:"letters",href:`/dags/${e.name}/dead-letters`}),f.value&&(n.push({label:l.actions.edit,icon:"edit",href:`/dags/${e.name}/edit`,line:!0}),n.push({label:l.actions.clone,icon:"clone",href:`/dags/${e.name}?panel=clone`}),n.push({label:l.actions.delete,icon:"delete",danger:!0,run:()=>ge(e.name,t)})),n}function ze(){k("/")}var pe=50,a=l.dashboard,we=["running","starting","suspended","stopping","stopped","ended","standby","failed","invalid"],J=[{key:"running",states:["running","starting"]},{key:"suspended",states:["suspended"]},{key:"stopped",states:["stopped","stopping","ended","standby"]},{key:"failed",states:["failed","invalid"]}];function me(e,t){return J.find(n=>n.key===t)?.states.reduce((n,o)=>n+(e[o]??0),0)??0}function ke(){let e=ee.value;return s`<span class="live ${e==="open"?"":"live--lost"}"><${p} name="tap" small />${l.live[e||"lost"]}</span>`}function _e({states:e,total:t}){let n=0,o=J.map(i=>({key:i.key,count:me(e,i.key)})).filter(i=>i.count>0),r=o.map(i=>`${i.count} ${l.states[i.key]}`).join(", ");return s`<section class="stat" aria-label=${a.states}>
    <h2 class="stat-label">${a.total(t)}</h2>
    <div class="state-bar" role="img" aria-label=${r}>
      <svg aria-hidden="true">
        ${o.map(i=>{let c=i.count/Math.max(1,t)*100,$=n;return n+=c,s`<rect class="part-${i.key}" x="${$}%" y="1" width="calc(${c}% - 3px)" height="8" />`})}
      </svg>
    </div>
    <div class="state-key">
      ${J.map(i=>s`<span><span class="tone-${i.key}"><${v} name=${i.key} /></span><b>${me(e,i.key)}</b> ${l.states[i.key]}</span>`)}
    </div>
  </section>`}function O({label:e,value:t,unit:n,note:o,children:r,tone:i}){return s`<section class="stat">
    <h2 class="stat-label">${e}</h2>
    <div class="stat-line"><div class="stat-value ${i??""}">${t}${n&&s`<small>${n}</small>`}</div>${r}</div>
    <div class="stat-note">${o}</div>
  </section>`}function xe({totals:e,history:t}){return s`<div class="panel stats">
    <${_e} states=${e.states} total=${e.dags} />
    <${O} label=${a.in} value=${m(e.in_rate)} unit="/s"><${q} values=${t.in} width=${92} height=${32} /><//>
    <${O} label=${a.out} value=${m(e.out_rate)} unit="/s"><${q} values=${t.out} width=${92} height=${32} /><//>
    <${O} label=${a.errors} value=${m(e.errors)} tone=${e.errors>0?"text-failed":""} note=${e.errors>0?"":a.noErrors} />
    <${O}
      label=${a.fullest}
      value=${e.queue_fill===null?se:String(Math.round(e.queue_fill*100))}
      unit=${e.queue_fill===null?"":"%"}
      note=${e.queue>0?a.waiting(m(e.queue)):a.noQueue}
    ><${B} fill=${e.queue_fill} wide bare /><//>
  </div>`}var fe={failed:{glyph:"failed",tone:"failed",word:a.troubles.failed,class:"text-failed"},invalid:{glyph:"failed",tone:"failed",word:a.troubles.invalid,class:"text-failed"},queue_full:{glyph:"full",tone:"full",word:a.troubles.queue_full,class:"text-full"},errors:{glyph:"warning",tone:"warning",word:a.troubles.errors,class:"text-warning"},starting:{glyph:"waiting",tone:"waiting",word:a.troubles.starting,class:""}};function qe({items:e,reload:t}){return e.length===0?null:s`<section class="panel attention" aria-labelledby="attention">
    <header class="panel-head"><h2 id="attention">${a.attention}</h2><span class="count-pill count-pill--failed">${e.length}</span></header>
    <ul>
      ${e.map(n=>{let o=fe[n.what]??fe.errors,r=n.what==="failed"?"restart":n.what==="queue_full"?"suspend":null;return s`<li key=${`${n.dag} ${n.what}`}>
          <span class="tone-${o.tone}"><${v} name=${o.glyph} /></span>
          <a class="dag-link truncate" href=${`/dags/${n.dag}`} title=${n.dag}>${n.dag}</a>
          <div class="what"><b class=${o.class}>${o.word}</b><span class="truncate" title=${n.detail}>${n.detail}</span></div>
          <span class="since">${n.since?a.since(ae((Date.now()-Date.parse(n.since))/1e3)):""}</span>
          <div class="button-row">
            <a class="button button--small" href=${`/dags/${n.dag}`} aria-label=${`${l.common.open} ${n.dag}`}>${l.common.open}</a>
            ${r&&h.value&&s`<button class="button button--small hide-phone" type="button" aria-label=${`${l.actions[r]} ${n.dag}`} onClick=${()=>S(r,n.dag).then(t)}><${p} name=${r} small />${l.actions[r]}</button>`}
          </div>
        </li>`})}
    </ul>
  </section>`}function be(e){let t=ne(e.name).value;return{state:t?.state??e.state,in:t?.inRate??e.in_rate,out:t?.outRate??e.out_rate,queue:t?.queue??e.queue,errors:t?.errors??e.errors,isActive:e.is_running}}function D({dag:e,field:t}){let n=be(e),o=n.isActive||n[t]>0?n[t]:null;return t==="errors"&&o>0?s`<span class="text-failed">${m(o)}</span>`:s`<span class=${o?"":"zero"}>${m(o)}</span>`}function Se({dag:e}){let{state:t}=be(e);return t==="suspended"&&!e.in_time_window&&e.next_change?s`<span title=${e.reason??""}><${j} state="waiting" word=${a.opens(e.next_change)} /></span>`:s`<span title=${e.reason??""}><${j} state=${t} /></span>`}function Oe(e){return e.start_time?`${I(e.start_time)}–${e.end_time?I(e.end_time):e.duration??""}`:l.common.always}function De(e){return[{key:"name",label:a.columns.name,sort:"name",bare:!0,cell:t=>s`<span class="cell-name"><a class="dag-link" href=${`/dags/${t.name}`} title=${t.name}>${t.name}</a>${t.reason&&y(t.state)==="running"&&s`<span class="tone-warning" title=${t.reason}><${v} name="warning" label=${t.reason} /></span>`}</span>`},{key:"state",label:a.columns.state,sort:"state",bare:!0,cell:t=>s`<${Se} dag=${t} />`},{key:"window",label:a.columns.window,cell:t=>s`<span class="muted">${Oe(t)}</span>`},{key:"in",label:a.columns.in,number:!0,sort:"in_rate",cell:t=>s`<${D} dag=${t} field="in" />`},{key:"out",label:a.columns.out,number:!0,cell:t=>s`<${D} dag=${t} field="out" />`},{key:"queue",label:a.columns.queue,number:!0,cell:t=>t.queue_fill===null?s`<${D} dag=${t} field="queue" />`:s`<${B} fill=${t.queue_fill} />`},{key:"errors",label:a.columns.errors,number:!0,sort:"errors",cell:t=>s`<${D} dag=${t} field="errors" />`},{key:"spark",label:a.columns.spark,number:!0,bare:!0,cell:t=>s`<${q} values=${t.last_hour} tone=${y(t.state)==="failed"?"failed":""} />`},{key:"more",label:"",number:!0,bare:!0,cell:t=>s`<${re} label=${a.moreActions(t.name)} icon="more" quiet small items=${de(t,e)} />`}]}function Ee({selected:e,items:t,done:n}){let o=t.filter(r=>e.has(r.name));return s`<div class="bulk" role="group" aria-label=${a.selected(e.size)}>
    <b>${a.selected(e.size)}</b>
    ${["start","stop","suspend","resume"].map(r=>{let i=o.some(c=>U(r,c)==="");return s`<button class="button button--small" type="button" disabled=${!i} onClick=${()=>Q(r,[...e],n)}><${p} name=${r==="resume"?"start":r} small />${l.actions[r]}</button>`})}
    ${f.value&&s`<hr /><button class="button button--small button--quiet button--danger" type="button" onClick=${()=>Q("delete",[...e],n)}><${p} name="delete" small />${l.actions.delete}</button>`}
  </div>`}function Ce(){return s`<section class="panel">
    <${F} title=${a.emptyTitle} detail=${a.emptyDetail}>
      ${f.value&&s`<a class="button button--primary" href="/new"><${p} name="add" />${a.create}</a><${he} />`}
    <//>
  </section>`}function he(){let e=H(null),t=async()=>{let n=e.current?.files?.[0];n&&(sessionStorage.setItem("dagd.upload",JSON.stringify({name:n.name,text:await n.text()})),k("/new?from=upload"))};return s`<button class="button hide-phone" type="button" onClick=${()=>e.current?.click()}><${p} name="upload" />${a.upload}</button>
    <input class="visually-hidden" type="file" accept=".json,application/json" tabindex="-1" aria-hidden="true" ref=${e} onChange=${t} />`}var K={in:[],out:[]};function Ne(e){for(let t of["in","out"])K[t]=[...K[t],e[`${t}_rate`]].slice(-60)}function Te(){let{query:e}=V.value,t={q:e.get("q")??"",state:e.get("state")??"",sort:e.get("sort")??"name"},[n,o]=C([null]),[r,i]=C(new Set),c=n.length-1,$=z(()=>T(`/dags${Z({...t,limit:pe,cursor:n[c]})}`),[t.q,t.state,t.sort,n[c],M.value]),d=z(()=>T("/totals").then(u=>(Ne(u),u)),[M.value,Math.floor(te.value/5e3)]),b=u=>{o([null]),X(u)},E=()=>{$.reload(),d.reload()},w=$.data?.items??[],ve=d.data?.dags===0&&!t.q&&!t.state;return W(()=>i(new Set),[t.q,t.state]),s`<main id="main" class="page page--fill">
    <div class="page-head">
      <h1>${a.title}</h1><span class="hide-phone"><${ke} /></span>
      <span class="spacer"></span>
      ${f.value&&s`<${he} /><a class="button button--primary" href="/new"><${p} name="add" />${a.create}</a>`}
    </div>
    ${d.data?s`<${xe} totals=${d.data} history=${K} /><${qe} items=${d.data.attention} reload=${E} />`:d.error?s`<section class="panel stats"><${L} error=${d.error} retry=${d.reload} /></section>`:s`<div class="panel"><${R} lines=${2} /></div>`}
    ${ve?s`<${Ce} />`:s`<div class="filters">
            <${ie}
              label=${a.columns.state}
              value=${t.state}
              onInput=${u=>b({state:u})}
              options=${[{value:"",label:a.all,count:d.data?.dags},...we.filter(u=>d.data?.states[u]||u===t.state).map(u=>({value:u,label:s`<span class="tone-${y(u)}"><${v} name=${y(u)} /></span>${l.states[u]}`,count:d.data?.states[u]??0}))]}
            />
            <${oe} auto label=${a.sort} value=${t.sort} onInput=${u=>b({sort:u})} options=${Object.entries(a.sorts).map(([u,ye])=>({value:u,label:ye}))} />
            <${ue} label=${a.filter} value=${t.q} onInput=${u=>b({q:u})} />
          </div>
          <div class="panel table-wrap">
            ${$.error&&!$.data?s`<${L} error=${$.error} retry=${$.reload} />`:$.isLoading&&!$.data?s`<${R} lines=${8} />`:w.length===0?s`<${F} title=${a.noMatch}><button class="button" type="button" onClick=${()=>b({q:"",state:"",sort:""})}>${a.clearFilters}</button><//>`:s`<${ce} class="dags-table" label=${a.title} columns=${De(E)} items=${w} keyOf=${u=>u.name} sort=${t.sort} onSort=${u=>b({sort:u})} selected=${h.value?r:void 0} onSelect=${i} />`}
            <footer class="panel-foot">
              ${r.size>0&&s`<${Ee} selected=${r} items=${w} done=${()=>{i(new Set),E()}} />`}
              <${$e}
                total=${$.data?.total??0}
                limit=${pe}
                page=${c}
                count=${w.length}
                hasNext=${!!$.data?.next_cursor}
                onPage=${u=>o(u>c?[...n,$.data.next_cursor]:n.slice(0,u+1))}
              />
            </footer>
          </div>`}
  </main>`}export{U as a,S as b,ge as c,ze as d,ke as e,Oe as f,he as g,Te as h};
