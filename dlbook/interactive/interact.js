(function () {
  /* Every figure that no script has set up yet, this one among them. */
  document.querySelectorAll("[data-figure]").forEach(function (figure) {
    if (figure.dlReady) return;
    figure.dlReady = true;
    var stored = figure.querySelector('[type="application/json"]').textContent;
    var name = figure.dataset.figure;
    var copies = document.querySelectorAll('[data-figure="' + name + '"]');
    var copy = [].indexOf.call(copies, figure);
    if (copy) stored = stored.split(name).join(name + "-" + copy);
    var data = JSON.parse(stored);
    var body = figure.querySelector(".dl-body");
    body.innerHTML = data.body;
    var view = body.querySelector(".dl-view");
    var readout = body.querySelector(".dl-readout");
    var controls = [].slice.call(body.querySelectorAll("input,select"));

    function picture(frame) {
      var lines = [], next = 0;
      data.changes[frame].forEach(function (change) {
        lines = lines.concat(data.svg.slice(next, change[0]), change[2]);
        next = change[1];
      });
      return lines.concat(data.svg.slice(next)).join("\n");
    }

    function show() {
      var frame = 0;
      controls.forEach(function (control, k) {
        var slider = control.type === "range";
        var position = slider ? +control.value : control.selectedIndex;
        var label = data.labels[k][position];
        frame = frame * data.labels[k].length + position;
        if (!slider) return;
        control.setAttribute("aria-valuetext", label);
        control.nextElementSibling.textContent = label;
      });
      view.innerHTML = picture(frame);
      view.setAttribute("aria-label", data.alts[frame]);
      if (readout) readout.textContent = data.printed[frame];
    }

    controls.forEach(function (control) {
      control.addEventListener("input", show);
      /* JupyterLab would take the arrow keys for itself. */
      control.addEventListener("keydown", function (event) {
        event.stopPropagation();
      });
    });
    show();
  });
})();
