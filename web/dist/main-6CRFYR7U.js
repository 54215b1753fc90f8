import{C as E,D as C,Ea as j,Fa as K,Ga as y,H,Ha as S,I as J,J as U,K as W,L as _,X as t,Z as w,a as D,aa as F,b as n,c as f,ca as P,d as R,i as $,k as v,m as q,n as O,o,p as B,s as z,sa as T}from"./part-YGURADCQ.js";function G(){let[e,a]=n(""),[i,r]=n(""),[b,l]=n(""),[s,m]=n(0),[g,x]=n(!1),h=R(null);f(()=>h.current?.focus(),[]),f(()=>{if(s<=0)return;let p=setTimeout(()=>m(s-1),1e3);return()=>clearTimeout(p)},[s]);let c=async p=>{if(p.preventDefault(),!e||!i){l(t.login.missing);return}x(!0);try{await W(e,i)}catch(d){let k=d instanceof B?d.status:-1;d instanceof B&&k===429&&m(d.retryAfter||1),l(k===401?t.login.wrong:k===503?t.login.busy:k===429?"":String(d.message)),r("")}x(!1)},I=s>0?t.login.wait(s):b;return o`<${y} title=${t.login.title} note=${t.login.reasons[C.value]} onSubmit=${c}>
    <${T} label=${t.login.name} value=${e} onInput=${a} autocomplete="username" inputRef=${h} />
    <${S} label=${t.login.password} value=${i} onInput=${r} autocomplete="current-password" />
    <div aria-live="assertive">${I&&o`<p class="note note--failed"><${w} name="failed" tone="failed" />${I}</p>`}</div>
    <button class="button button--primary button--wide" type="submit" disabled=${g||s>0}>${t.login.submit}</button>
  <//>`}var L=12;function M(){let e=$.value.query.get("token")??location.hash.slice(1),[a,i]=n("admin"),[r,b]=n(""),[l,s]=n(""),[m,g]=n(""),[x,h]=n(!1),c=[...r].length,I=async p=>{if(p.preventDefault(),g(""),c<L)g(t.setup.rule);else if(r!==l)g(t.setup.differ);else{h(!0);try{H(await z("/setup",{token:e,name:a,password:r})),await U(),v("/",{replace:!0})}catch(d){g(String(d.message))}h(!1)}};return e?o`<${y} title=${t.setup.title} note=${t.setup.intro} onSubmit=${I}>
    <${T} label=${t.setup.name} value=${a} onInput=${i} autocomplete="username" />
    <${S}
      label=${t.setup.password}
      value=${r}
      onInput=${b}
      autocomplete="new-password"
      help=${c>0&&c<L?t.setup.short(L-c):t.setup.rule}
    />
    <div class="meter" aria-hidden="true">${[4,8,12,20].map(p=>o`<span class=${c>=p?"on":""}></span>`)}</div>
    <${S} label=${t.setup.again} value=${l} onInput=${s} autocomplete="new-password" problem=${l&&l.length>=r.length&&l!==r?t.setup.differ:""} />
    <div aria-live="assertive">${m&&o`<p class="note note--failed"><${w} name="failed" tone="failed" />${m}</p>`}</div>
    <button class="button button--primary button--wide" type="submit" disabled=${x}>${t.setup.submit}</button>
  <//>`:o`<${y} title=${t.setup.title} onSubmit=${p=>p.preventDefault()}>
      <p class="note note--warning"><${w} name="warning" tone="warning" />${t.setup.noToken}</p>
      <a class="button button--wide" href="/login">${t.login.title}</a>
    <//>`}var u=e=>async()=>(await import("./part-SPRPENIY.js"))[e],N=e=>async()=>e,V=[{pattern:"/login",title:t.login.title,load:N(G),bare:!0},{pattern:"/setup",title:t.setup.title,load:N(M),bare:!0},{pattern:"/",title:t.dashboard.title,load:N(j)},{pattern:"/dags/:name",title:t.nav.dags,load:u("dag")},{pattern:"/dags/:name/dead-letters",title:t.letters.title,load:u("deadLetters")},{pattern:"/dags/:name/edit",title:t.editor.title,load:u("editor")},{pattern:"/new",title:t.editor.newTitle,load:u("editor")},{pattern:"/components",title:t.components.title,load:u("components")},{pattern:"/users",title:t.users.title,load:u("users")},{pattern:"/account",title:t.nav.account,load:u("account")},{pattern:"/audit",title:t.audit.title,load:u("audit")},{pattern:"/server",title:t.server.title,load:u("server")},{pattern:"/help",title:t.help.title,load:u("help")}];function X(){for(let e of V){let a=O(e.pattern,$.value.path);if(a)return{route:e,parameters:a}}return null}var A=new Map;function Q({route:e,parameters:a}){let[i,r]=n(null),[,b]=n(0),l=A.get(e);return f(()=>{A.has(e)||(r(null),e.load().then(s=>{A.set(e,s),b(m=>m+1)},s=>r(s)))},[e]),f(()=>{document.title=`${a.name??e.title} · dagd`},[e,a.name]),i?o`<main id="main" class="page"><${P} error=${i} retry=${()=>location.reload()} /></main>`:l?o`<${l} key=${JSON.stringify(a)} ...${a} />`:o`<main id="main" class="page"><${F} /></main>`}function Y(){let[e,a]=n(null);if(f(()=>{J().catch(a)},[]),e)return o`<main class="page"><${P} error=${e} retry=${()=>location.reload()} /></main>`;if(E.value===void 0)return o`<main class="page"><${F} /></main>`;let i=X();if(!E.value&&!i?.route.bare){let r=$.value.path+location.search;return queueMicrotask(()=>v(r==="/"?"/login":`/login?next=${encodeURIComponent(r)}`,{replace:!0})),null}return E.value&&$.value.path==="/login"?(queueMicrotask(()=>v(_(),{replace:!0})),null):i?.route.bare?o`<${Q} ...${i} />`:o`<${K}>
    ${i?o`<${Q} ...${i} />`:o`<main id="main" class="page"><${P} error=${{message:$.value.path}} /></main>`}
  <//>`}document.addEventListener("click",q);D(o`<${Y} />`,document.getElementById("app"));
