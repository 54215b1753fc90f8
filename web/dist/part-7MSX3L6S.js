import{a as j,b as S}from"./part-ZOF7RUAL.js";import{b as y,d as v,e as w}from"./part-XAVYYX3W.js";import{d as k,g as x}from"./part-UNH4OB5A.js";import{a as p,d}from"./part-ZGRRZHDQ.js";import{D as b,G as h,H as c,I as g,b as m,j as s,p as f,s as i}from"./part-24ZBOSAH.js";var l=h.audit,_=50,F=["who","action","object","result","from","to"];function O(){let E=p.value.query,o=Object.fromEntries(F.map(t=>[t,E.get(t)??""])),[a,u]=m([null]),n=a.length-1,I=v(()=>f("/audit"+i({...o,limit:_,cursor:a[n]})),[JSON.stringify(o),a[n]]),$=t=>{u([null]),d(t)},r=t=>s`<${x} label=${l[t]} value=${o[t]} onInput=${e=>$({[t]:e})} />`;return s`<main id="main" class="page">
    <div class="page-head"><h1>${l.title}</h1><span class="spacer"></span><a class="button" href=${`/api/v1/audit/export${i(o)}`} download="audit.jsonl"><${c} name="download" />${l.export}</a></div>
    <div class="filters">${r("who")}${r("action")}${r("object")}
      <${k} auto label=${l.result} value=${o.result} onInput=${t=>$({result:t})} options=${[{value:"",label:l.anyResult},...["ok","denied","failed"].map(t=>({value:t,label:t}))]} /></div>
    <section class="panel table-wrap">
      <${w} of=${I} lines=${10}>
        ${t=>t.items.length===0?s`<${y} title=${l.none} drawing=${s`<${c} name="history" />`} />`:s`<${j}
                  label=${l.title}
                  items=${t.items}
                  keyOf=${e=>String(e.number)}
                  columns=${[{key:"time",label:l.columns.time,cell:e=>s`<span class="muted">${b(e.time)}</span>`},{key:"who",label:l.columns.who,bare:!0,cell:e=>s`<b>${e.actor}</b>`},{key:"action",label:l.columns.action,cell:e=>e.action},{key:"object",label:l.columns.object,cell:e=>s`<span class="truncate" title=${e.object}>${e.object}</span>`},{key:"result",label:l.columns.result,cell:e=>s`<span class="row">${e.result!=="ok"&&s`<${g} name="failed" tone="failed" />`}<span class=${e.result==="ok"?"muted":"text-failed"}>${e.result}</span></span>`},{key:"detail",label:l.columns.detail,cell:e=>s`<span class="truncate muted detail-text" title=${e.detail}>${e.revision_before||e.revision_after?`r${e.revision_before||0} → r${e.revision_after||0} `:""}${e.detail??""}</span>`},{key:"address",label:l.columns.address,cell:e=>s`<span class="muted">${e.address??""}</span>`}]}
                />
                <footer class="panel-foot"><${S} total=${t.total} limit=${_} page=${n} count=${t.items.length} hasNext=${!!t.next_cursor} onPage=${e=>u(e>n?[...a,t.next_cursor]:a.slice(0,e+1))} /></footer>`}
      <//>
    </section>
  </main>`}export{O as default};
