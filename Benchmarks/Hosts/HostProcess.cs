using System.Diagnostics;
using System.Text.RegularExpressions;

namespace TimeSeries.Benchmarks.Hosts;

/// <summary>How a built host is started as a process of its own, with one project and on a port that it chooses.</summary>
internal static partial class HostProcess
{
    /// <summary>Program and arguments.</summary>
    /// <param name="program">The built host: a <c>.dll</c>, or its executable.</param>
    /// <param name="workingFolder">Where it looks for settings; a folder without any.</param>
    /// <param name="dataFolder">Where it keeps its files.</param>
    /// <param name="token">The project's token.</param>
    public static ProcessStartInfo Of(string program, string workingFolder, string dataFolder, string token)
    {
        bool isLibrary = program.EndsWith(".dll", StringComparison.OrdinalIgnoreCase);
        ProcessStartInfo start = new(isLibrary ? "dotnet" : program) { WorkingDirectory = workingFolder };
        if (isLibrary)
        {
            start.ArgumentList.Add(program);
        }

        foreach (string argument in new[]
        {
            "--urls=http://127.0.0.1:0", $"--Storage:Directory={dataFolder}", "--Projects:0:Pcode=1", "--Projects:0:Name=measured",
            $"--Projects:0:Tokens:0:Secret={token}",
            "--Projects:0:Tokens:0:Scopes=ingest,read,admin",
        })
        {
            start.ArgumentList.Add(argument);
        }

        return start;
    }

    /// <summary>Starts it and returns when it listens.</summary>
    public static ChildProcess Start(ProcessStartInfo start) => ChildProcess.Start(start, Listening());

    /// <summary>Starts it and returns at once.</summary>
    public static ChildProcess Begin(ProcessStartInfo start) => ChildProcess.Begin(start, Listening());

    [GeneratedRegex(@"listens on (?<address>http://127\.0\.0\.1:\d+)")]
    private static partial Regex Listening();
}
