import{G as f,I as h,j as s,t as d}from"./part-24ZBOSAH.js";function y(t){return t===null||t<.5?"ok":t<=.8?"busy":"full"}function N({fill:t,wide:a,bare:n}){if(t===null)return s`<span class="gauge"><span class="gauge-value muted">${d}</span></span>`;let r=y(t),p=t<=0?0:Math.min(10,Math.max(1,Math.round(t*10))),c=a?7:5;return s`<span class="gauge gauge--${r}">
    ${r!=="ok"&&s`<span class="gauge-mark"><${h} name=${r} label=${f.queue[r]} /></span>`}
    <svg width=${c*10-2} height=${a?16:12} aria-hidden="true">
      ${Array.from({length:10},(u,$)=>s`<rect class=${$<p?"on":""} x=${$*c} y="0" width=${a?4:3} height="100%" rx="1" />`)}
    </svg>
    ${!n&&s`<span class="gauge-value">${Math.round(t*100)}%</span>`}
  </span>`}function A({values:t,width:a=88,height:n=20,tone:r=""}){let p=t.filter(e=>e!==null);if(p.length<2)return s`<svg class="spark spark--flat" width=${a} height=${n} viewBox="0 0 ${a} ${n}" aria-hidden="true">
      <path d="M0 ${n-1.5}H${a}" />
    </svg>`;let c=Math.max(...p,1e-9),u=a/(t.length-1),$=e=>(n-1.5-e/c*(n-4)).toFixed(1),i="",m="",x=-1;return t.forEach((e,o)=>{if(e===null)return;let g=(o*u).toFixed(1),l=o===0||t[o-1]===null;if(i+=`${l?"M":"L"}${g} ${$(e)}`,l&&(x=o),o===t.length-1||t[o+1]===null){let k=t.slice(x,o+1).map((M,F)=>`L${((x+F)*u).toFixed(1)} ${$(M)}`);m+=`M${(x*u).toFixed(1)} ${n}${k.join("")}L${g} ${n}Z`}}),s`<svg class="spark ${r?`spark--${r}`:""}" width=${a} height=${n} viewBox="0 0 ${a} ${n}" preserveAspectRatio="none" aria-hidden="true">
    <path class="spark-area" d=${m} /><path d=${i} />
  </svg>`}export{y as a,N as b,A as c};
