import{b as U,c as x}from"./part-CC2NYP5A.js";import{a as $e,b as de}from"./part-YBYOOAGG.js";import{a as F,b as L,c as z,d as G}from"./part-CANOQYUC.js";import{d as ie,f as ue,g as ce}from"./part-TPFHHKCJ.js";import{a as oe}from"./part-OME5Q7GT.js";import{d as h,e as f}from"./part-QGZSQNKG.js";import{a as te,b as ne,c as T,f as se,l as P,m as re,o as B}from"./part-D4CLLESC.js";import{d as _,e as v}from"./part-RZYOSCF4.js";import{a as X,c as w,d as Y}from"./part-SPG7OGLY.js";import{A as le,F as I,G as l,H as p,I as y,J as j,K as R,b as E,c as H,d as V,j as s,n as Z,o as N,p as M,q as A,r as k,s as ee,t as ae,w as m}from"./part-FOJS6OAM.js";function Q(e,t){let n=t.is_running;return t.state==="invalid"&&(e==="start"||e==="restart")?l.reasons.invalid:e==="start"?n?l.reasons.running:"":e==="stop"||e==="stopNow"||e==="restart"?n||t.state==="failed"?"":l.reasons.notRunning:e==="suspend"?n?t.is_suspended?l.reasons.suspended:"":l.reasons.notRunning:e==="resume"?t.is_suspended?"":l.reasons.notSuspended:""}async function q(e,t){try{let n=e==="stop"?{drain:!0}:e==="stopNow"?{drain:!1}:void 0;await A(k`/dags/${t}/${e==="stopNow"?"stop":e}`+"?wait_ms=2000",n),_(l.done[e](t))}catch(n){v(l.notDone[e](t),n)}}function ge(e,t){let n=async()=>{try{let{etag:r}=await N("GET",k`/dags/${e}`);await N("DELETE",k`/dags/${e}`,{ifMatch:r}),_(l.done.delete(e)),t()}catch(r){v(l.notDone.delete(e),r)}},o=async()=>{re(),await q("stop",e)};P(()=>s`<${B}
      title=${l.remove.title(e)}
      detail=${l.remove.detail}
      action=${l.actions.delete}
      word=${e}
      run=${n}
      more=${s`<button class="button" type="button" onClick=${o}>${l.remove.drainFirst}</button>`}
    />`)}function J(e,t,n){let o=async()=>{try{let{results:r}=await A("/dag-actions",{action:e,names:t}),i=r.filter(c=>c.status>=400);i.length<r.length&&_(l.many.done(e,r.length-i.length)),i.length&&v(l.many.failed(e,i.length),new Z(0,"",i.map(c=>`${c.name}: ${c.detail??c.code}`).join("; ")))}catch(r){v(l.many.failed(e,t.length),r)}n()};e==="delete"?P(()=>s`<${B} title=${l.remove.many(t.length)} detail=${s`${l.remove.detail} <b>${t.join(", ")}</b>`} action=${l.actions.delete} word=${String(t.length)} run=${o} />`):o()}function pe(e,t){let n=[],o=(r,i)=>{let c=Q(r,e);n.push({label:l.actions[r],icon:i,reason:c||void 0,run:()=>q(r,e.name).then(t)})};return h.value&&(o("start","start"),o("stop","stop"),o(e.is_suspended?"resume":"suspend",e.is_suspended?"start":"suspend"),o("restart","restart")),n.push({label:l.actions.why,icon:"help",href:`/dags/${e.name}?panel=why`,line:n.length>0}),n.push({label:l.actions.letters,icon:"letters",href:`/dags/${e.name}/dead-letters`}),f.value&&(n.push({label:l.actions.edit,icon:"edit",href:`/dags/${e.name}/edit`,line:!0}),n.push({label:l.actions.clone,icon:"clone",href:`/dags/${e.name}?panel=clone`}),n.push({label:l.actions.delete,icon:"delete",danger:!0,run:()=>ge(e.name,t)})),n}function Le(){w("/")}var me=50,a=l.dashboard,D=[{key:"running",states:["running","starting"]},{key:"suspended",states:["suspended"]},{key:"stopped",states:["stopped","stopping","ended","standby"]},{key:"failed",states:["failed","invalid"]}];function K(e,t){return D.find(n=>n.key===t)?.states.reduce((n,o)=>n+(e[o]??0),0)??0}function we(){let e=te.value;return s`<span class="live ${e==="open"?"":"live--lost"}"><${p} name="tap" small />${l.live[e||"lost"]}</span>`}function ke({states:e,total:t}){let n=0,o=D.map(i=>({key:i.key,count:K(e,i.key)})).filter(i=>i.count>0),r=o.map(i=>`${i.count} ${l.states[i.key]}`).join(", ");return s`<section class="stat" aria-label=${a.states}>
    <h2 class="stat-label">${a.total(t)}</h2>
    <div class="state-bar" role="img" aria-label=${r}>
      <svg aria-hidden="true">
        ${o.map(i=>{let c=i.count/Math.max(1,t)*100,$=n;return n+=c,s`<rect class="part-${i.key}" x="${$}%" y="1" width="calc(${c}% - 3px)" height="8" />`})}
      </svg>
    </div>
    <div class="state-key">
      ${D.map(i=>s`<span><span class="tone-${i.key}"><${y} name=${i.key} /></span><b>${K(e,i.key)}</b> ${l.states[i.key]}</span>`)}
    </div>
  </section>`}function S({label:e,value:t,unit:n,note:o,children:r,tone:i}){return s`<section class="stat">
    <h2 class="stat-label">${e}</h2>
    <div class="stat-line"><div class="stat-value ${i??""}">${t}${n&&s`<small>${n}</small>`}</div>${r}</div>
    <div class="stat-note">${o}</div>
  </section>`}function _e({totals:e,history:t}){return s`<div class="panel stats">
    <${ke} states=${e.states} total=${e.dags} />
    <${S} label=${a.in} value=${m(e.in_rate)} unit="/s"><${x} values=${t.in} width=${92} height=${32} /><//>
    <${S} label=${a.out} value=${m(e.out_rate)} unit="/s"><${x} values=${t.out} width=${92} height=${32} /><//>
    <${S} label=${a.errors} value=${m(e.errors)} tone=${e.errors>0?"text-failed":""} note=${e.errors>0?"":a.noErrors} />
    <${S}
      label=${a.fullest}
      value=${e.queue_fill===null?ae:String(Math.round(e.queue_fill*100))}
      unit=${e.queue_fill===null?"":"%"}
      note=${e.queue>0?a.waiting(m(e.queue)):a.noQueue}
    ><${U} fill=${e.queue_fill} wide bare /><//>
  </div>`}var fe={failed:{glyph:"failed",tone:"failed",word:a.troubles.failed,class:"text-failed"},invalid:{glyph:"failed",tone:"failed",word:a.troubles.invalid,class:"text-failed"},queue_full:{glyph:"full",tone:"full",word:a.troubles.queue_full,class:"text-full"},errors:{glyph:"warning",tone:"warning",word:a.troubles.errors,class:"text-warning"},starting:{glyph:"waiting",tone:"waiting",word:a.troubles.starting,class:""}};function xe({items:e,reload:t}){return e.length===0?null:s`<section class="panel attention" aria-labelledby="attention">
    <header class="panel-head"><h2 id="attention">${a.attention}</h2><span class="count-pill count-pill--failed">${e.length}</span></header>
    <ul>
      ${e.map(n=>{let o=fe[n.what]??fe.errors,r=n.what==="failed"?"restart":n.what==="queue_full"?"suspend":null;return s`<li key=${`${n.dag} ${n.what}`}>
          <span class="tone-${o.tone}"><${y} name=${o.glyph} /></span>
          <a class="dag-link truncate" href=${`/dags/${n.dag}`} title=${n.dag}>${n.dag}</a>
          <div class="what"><b class=${o.class}>${o.word}</b><span class="truncate" title=${n.detail}>${n.detail}</span></div>
          <span class="since">${n.since?a.since(le((Date.now()-Date.parse(n.since))/1e3)):""}</span>
          <div class="button-row">
            <a class="button button--small" href=${`/dags/${n.dag}`} aria-label=${`${l.common.open} ${n.dag}`}>${l.common.open}</a>
            ${r&&h.value&&s`<button class="button button--small hide-phone" type="button" aria-label=${`${l.actions[r]} ${n.dag}`} onClick=${()=>q(r,n.dag).then(t)}><${p} name=${r} small />${l.actions[r]}</button>`}
          </div>
        </li>`})}
    </ul>
  </section>`}function be(e){let t=se(e.name).value;return{state:t?.state??e.state,in:t?.inRate??e.in_rate,out:t?.outRate??e.out_rate,queue:t?.queue??e.queue,errors:t?.errors??e.errors,isActive:e.is_running}}function O({dag:e,field:t}){let n=be(e),o=n.isActive||n[t]>0?n[t]:null;return t==="errors"&&o>0?s`<span class="text-failed">${m(o)}</span>`:s`<span class=${o?"":"zero"}>${m(o)}</span>`}function qe({dag:e}){let{state:t}=be(e);return t==="suspended"&&!e.in_time_window&&e.next_change?s`<span title=${e.reason??""}><${R} state="waiting" word=${a.opens(e.next_change)} /></span>`:s`<span title=${e.reason??""}><${R} state=${t} /></span>`}function Se(e){return e.start_time?`${I(e.start_time)}–${e.end_time?I(e.end_time):e.duration??""}`:l.common.always}function Oe(e){return[{key:"name",label:a.columns.name,sort:"name",bare:!0,cell:t=>s`<span class="cell-name"><a class="dag-link" href=${`/dags/${t.name}`} title=${t.name}>${t.name}</a>${t.reason&&j(t.state)==="running"&&s`<span class="tone-warning" title=${t.reason}><${y} name="warning" label=${t.reason} /></span>`}</span>`},{key:"state",label:a.columns.state,sort:"state",bare:!0,cell:t=>s`<${qe} dag=${t} />`},{key:"window",label:a.columns.window,cell:t=>s`<span class="muted">${Se(t)}</span>`},{key:"in",label:a.columns.in,number:!0,sort:"in_rate",cell:t=>s`<${O} dag=${t} field="in" />`},{key:"out",label:a.columns.out,number:!0,cell:t=>s`<${O} dag=${t} field="out" />`},{key:"queue",label:a.columns.queue,number:!0,cell:t=>t.queue_fill===null?s`<${O} dag=${t} field="queue" />`:s`<${U} fill=${t.queue_fill} />`},{key:"errors",label:a.columns.errors,number:!0,sort:"errors",cell:t=>s`<${O} dag=${t} field="errors" />`},{key:"spark",label:a.columns.spark,number:!0,bare:!0,cell:t=>s`<${x} values=${t.last_hour} tone=${j(t.state)==="failed"?"failed":""} />`},{key:"more",label:"",number:!0,bare:!0,cell:t=>s`<${oe} label=${a.moreActions(t.name)} icon="more" quiet small items=${pe(t,e)} />`}]}function De({selected:e,items:t,done:n}){let o=t.filter(r=>e.has(r.name));return s`<div class="bulk" role="group" aria-label=${a.selected(e.size)}>
    <b>${a.selected(e.size)}</b>
    ${["start","stop","suspend","resume"].map(r=>{let i=o.some(c=>Q(r,c)==="");return s`<button class="button button--small" type="button" disabled=${!i} onClick=${()=>J(r,[...e],n)}><${p} name=${r==="resume"?"start":r} small />${l.actions[r]}</button>`})}
    ${f.value&&s`<hr /><button class="button button--small button--quiet button--danger" type="button" onClick=${()=>J("delete",[...e],n)}><${p} name="delete" small />${l.actions.delete}</button>`}
  </div>`}function Ce(){return s`<section class="panel">
    <${L} title=${a.emptyTitle} detail=${a.emptyDetail}>
      ${f.value&&s`<a class="button button--primary" href="/new"><${p} name="add" />${a.create}</a><${he} />`}
    <//>
  </section>`}function he(){let e=V(null),t=async()=>{let n=e.current?.files?.[0];n&&(sessionStorage.setItem("dagd.upload",JSON.stringify({name:n.name,text:await n.text()})),w("/new?from=upload"))};return s`<button class="button hide-phone" type="button" onClick=${()=>e.current?.click()}><${p} name="upload" />${a.upload}</button>
    <input class="visually-hidden" type="file" accept=".json,application/json" tabindex="-1" aria-hidden="true" ref=${e} onChange=${t} />`}var W={in:[],out:[]};function Ee(e){for(let t of["in","out"])W[t]=[...W[t],e[`${t}_rate`]].slice(-60)}function Ne(){let{query:e}=X.value,t={q:e.get("q")??"",state:e.get("state")??"",sort:e.get("sort")??"name"},[n,o]=E([null]),[r,i]=E(new Set),c=n.length-1,$=G(()=>M(`/dags${ee({...t,limit:me,cursor:n[c]})}`),[t.q,t.state,t.sort,n[c],T.value]),d=G(()=>M("/totals").then(u=>(Ee(u),u)),[T.value,Math.floor(ne.value/5e3)]),b=u=>{o([null]),Y(u)},C=()=>{$.reload(),d.reload()},g=$.data?.items??[],ye=d.data?.dags===0&&!t.q&&!t.state;return H(()=>i(new Set),[t.q,t.state]),s`<main id="main" class="page page--fill">
    <div class="page-head">
      <h1>${a.title}</h1><span class="hide-phone"><${we} /></span>
      <span class="spacer"></span>
      ${f.value&&s`<${he} /><a class="button button--primary" href="/new"><${p} name="add" />${a.create}</a>`}
    </div>
    ${d.data?s`<${_e} totals=${d.data} history=${W} /><${xe} items=${d.data.attention} reload=${C} />`:d.error?s`<section class="panel stats"><${z} error=${d.error} retry=${d.reload} /></section>`:s`<div class="panel"><${F} lines=${2} /></div>`}
    ${ye?s`<${Ce} />`:s`<div class="filters">
            <${ue}
              label=${a.columns.state}
              value=${t.state}
              onInput=${u=>b({state:u})}
              options=${[{value:"",label:a.all,count:d.data?.dags},...D.map(u=>({value:u.key,label:s`<span class="tone-${u.key}"><${y} name=${u.key} /></span>${l.states[u.key]}`,count:d.data?K(d.data.states,u.key):null}))]}
            />
            <${ie} auto label=${a.sort} value=${t.sort} onInput=${u=>b({sort:u})} options=${Object.entries(a.sorts).map(([u,ve])=>({value:u,label:ve}))} />
            <${ce} label=${a.filter} value=${t.q} onInput=${u=>b({q:u})} />
          </div>
          <div class="panel table-wrap">
            ${$.error&&!$.data?s`<${z} error=${$.error} retry=${$.reload} />`:$.isLoading&&!$.data?s`<${F} lines=${8} />`:g.length===0?s`<${L} title=${a.noMatch}><button class="button" type="button" onClick=${()=>b({q:"",state:"",sort:""})}>${a.clearFilters}</button><//>`:s`<${$e} class="dags-table" label=${a.title} columns=${Oe(C)} items=${g} keyOf=${u=>u.name} sort=${t.sort} onSort=${u=>b({sort:u})} selected=${h.value?r:void 0} onSelect=${i} />`}
            <footer class="panel-foot">
              ${r.size>0&&s`<${De} selected=${r} items=${g} done=${()=>{i(new Set),C()}} />`}
              <${de}
                total=${$.data?.total??0}
                limit=${me}
                page=${c}
                count=${g.length}
                hasNext=${!!$.data?.next_cursor}
                onPage=${u=>o(u>c?[...n,$.data.next_cursor]:n.slice(0,u+1))}
              />
            </footer>
          </div>`}
  </main>`}export{Q as a,q as b,ge as c,Le as d,we as e,Se as f,he as g,Ne as h};
