using SharpFuzz;
using TimeSeries.Simulation.Planted;

namespace TimeSeries.Fuzzing.Running;

/// <summary>A copy of this program whose assemblies of ours count their edges. The program itself stays as it was built.</summary>
internal static class InstrumentedCopy
{
    private const string Program = "TimeSeries.Fuzzing";

    // Whose code is to be tried.
    private static readonly string[] _assemblies = ["TimeSeries.Alerting", "TimeSeries.Core", "TimeSeries.Hosting", "TimeSeries.Ingest", "TimeSeries.Query"];

    /// <summary>The folder of the copy, made again when the program was built again.</summary>
    /// <returns>The path of the copy's program.</returns>
    public static string Make()
    {
        string folder = Path.Combine(AppContext.BaseDirectory, "instrumented");
        string mark = Path.Combine(folder, "complete");
        string[] built = [.. _assemblies.Append(Program).Select(name => Path.Combine(AppContext.BaseDirectory, name + ".dll"))];
        if (!File.Exists(mark) || built.Any(path => File.GetLastWriteTimeUtc(path) > File.GetLastWriteTimeUtc(mark)))
        {
            if (Directory.Exists(folder))
            {
                Directory.Delete(folder, recursive: true);
            }

            Copy(AppContext.BaseDirectory, folder);
            Instrument(folder);
            File.WriteAllBytes(mark, []);
        }

        return Path.Combine(folder, Program + ".dll");
    }

    private static void Copy(string from, string to)
    {
        Directory.CreateDirectory(to);
        foreach (string file in Directory.EnumerateFiles(from))
        {
            File.Copy(file, Path.Combine(to, Path.GetFileName(file)));
        }

        foreach (string folder in Directory.EnumerateDirectories(from).Where(folder => folder != to.TrimEnd(Path.DirectorySeparatorChar)))
        {
            Copy(folder, Path.Combine(to, Path.GetFileName(folder)));
        }
    }

    // Of the simulation only the planted fault.
    private static void Instrument(string folder)
    {
        foreach (string name in _assemblies)
        {
            _ = Fuzzer.Instrument(Path.Combine(folder, name + ".dll"), _ => true, Options.Value);
        }

        _ = Fuzzer.Instrument(
            Path.Combine(folder, "TimeSeries.Simulation.dll"), type => type == typeof(NestedComparisons).FullName, Options.Value);
    }
}
