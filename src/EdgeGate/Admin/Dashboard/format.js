// Numbers as a person reads them.
const thousands = new Intl.NumberFormat("en-US", { maximumFractionDigits: 0 });
const tenths = new Intl.NumberFormat("en-US", { minimumFractionDigits: 1, maximumFractionDigits: 1 });

const count = number => thousands.format(number);

/** Three digits and a binary unit. */
function bytes(number) {
  const units = ["B", "KiB", "MiB", "GiB", "TiB", "PiB"];
  let unit = 0;
  while (number >= 999.5 && unit < units.length - 1) {
    number /= 1024;
    unit++;
  }

  return (unit === 0 || number >= 99.95 ? thousands : tenths).format(number) + " " + units[unit];
}

const perSecond = number => bytes(number) + "/s";

/** A rate of events; below ten, tenths matter. */
const rate = number => number > 0 && number < 9.95 ? tenths.format(number) : thousands.format(number);

function age(seconds) {
  const whole = Math.max(0, Math.floor(seconds));
  const two = number => String(number).padStart(2, "0");
  if (whole < 60) return whole + "s";
  if (whole < 3600) return `${Math.floor(whole / 60)}m${two(whole % 60)}s`;
  if (whole < 86400) return `${Math.floor(whole / 3600)}h${two(Math.floor(whole / 60) % 60)}m`;
  return `${Math.floor(whole / 86400)}d${two(Math.floor(whole / 3600) % 24)}h`;
}

function latency(seconds) {
  if (seconds < 0.0009995) return Math.round(seconds * 1e6) + " µs";
  if (seconds < 0.00995) return tenths.format(seconds * 1e3) + " ms";
  if (seconds < 0.9995) return Math.round(seconds * 1e3) + " ms";
  return tenths.format(seconds) + " s";
}

/** A share in per cent; what is there but little does not round to nothing. */
function percent(share) {
  const number = share * 100;
  return number > 0 && number < 1 ? "<1 %" : Math.round(number) + " %";
}

/** At which level a share of a limit is: the gateway itself becomes louder at 80 and acts at 90 per cent. */
const levelOf = share => share >= 0.9 ? "bad" : share >= 0.8 ? "warn" : "good";

const words = name => name.replace(/([a-z])([A-Z])/g, "$1 $2").replace(/[-_]/g, " ").toLowerCase();

