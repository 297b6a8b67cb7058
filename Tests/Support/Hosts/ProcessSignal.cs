using System.Diagnostics;
using System.Globalization;

namespace TimeSeries.Tests.Support.Hosts;

/// <summary>Signals to processes, which .NET has no call for.</summary>
internal static class ProcessSignal
{
    /// <summary>Sends a signal by its name, such as <c>TERM</c>.</summary>
    public static void Send(Process process, string name)
    {
        using Process kill = Process.Start("kill", ["-" + name, process.Id.ToString(CultureInfo.InvariantCulture)]);
        kill.WaitForExit();
    }
}
