using System.Text.Json;
using EdgeGate.CommandLine;
using EdgeGate.Daemon;
using EdgeGate.Limits.Live;
using EdgeGate.Limits.Overload;
using EdgeGate.Native.Kernel;
using Microsoft.AspNetCore.Http;

namespace EdgeGate.Admin;

/// <summary><c>/limits</c>: the plan, and beside it what is used now, what is done about it, and what the kernel has lost.</summary>
internal sealed class LimitsEndpoint(Gateway gateway)
{
    public Task GetAsync(HttpContext context) => AdminJson.WriteAsync(context, json =>
    {
        json.WriteStartObject();
        json.WriteBoolean("ready", gateway.IsReady);
        WriteNow(json);
        ListenersJson.Write(json, gateway);
        CheckJson.WritePlan(json, gateway.Plan);
        json.WriteEndObject();
    });

    /// <summary>Writes, as members of an object, all but the plan.</summary>
    public void WriteNow(Utf8JsonWriter json)
    {
        WriteLive(json);
        WriteOverload(json, gateway.Load.Monitor);
        WriteKernel(json, gateway.Load.Kernel.Netstat);
    }

    private void WriteLive(Utf8JsonWriter json)
    {
        json.WriteStartObject("live");
        foreach (ResourceUse use in gateway.Load.Uses())
        {
            json.WriteStartObject(use.Resource);
            json.WriteNumber("used", use.Used);
            json.WriteNumber("capacity", use.Capacity);
            json.WriteEndObject();
        }

        json.WriteEndObject();
    }

    private static void WriteOverload(Utf8JsonWriter json, OverloadMonitor monitor)
    {
        json.WriteString("overloadLevel", OverloadNames.Of(monitor.Level));
        json.WriteStartObject("overload");
        foreach (ResourceState state in monitor.States)
        {
            json.WriteStartObject(state.Use.Resource);
            json.WriteString("level", OverloadNames.Of(state.Level));
            json.WriteNumber("pressure", Math.Round(state.Use.Pressure, 4));
            json.WriteEndObject();
        }

        json.WriteEndObject();
        json.WriteStartObject("overloadActions");
        foreach (OverloadLevel action in OverloadNames.Actions)
        {
            json.WriteNumber(OverloadNames.Of(action), monitor.Taken(action));
        }

        json.WriteEndObject();
    }

    // Counters of the network namespace since it came up; one that this kernel does not have is left out.
    private static void WriteKernel(Utf8JsonWriter json, NetstatCounters counters)
    {
        json.WriteStartObject("kernel");
        Write(json, "listenOverflows", counters.ListenOverflows);
        Write(json, "listenDrops", counters.ListenDrops);
        Write(json, "tcpBacklogDrops", counters.TcpBacklogDrop);
        Write(json, "tcpRequestQueueDrops", counters.TcpReqQFullDrop);
        Write(json, "tcpMemoryPressures", counters.TcpMemoryPressures);
        Write(json, "receiveQueuePrunes", counters.PruneCalled);
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, string name, long? count)
    {
        if (count is { } value)
        {
            json.WriteNumber(name, value);
        }
    }
}
