using TimeSeries.Benchmarks.Compare.Reports;
using TimeSeries.Benchmarks.Hosts;

namespace TimeSeries.Benchmarks.Compare.Peers;

/// <summary>Builds the project <c>DuckDb</c>, which is in no solution: its packages are restored only for who compares with DuckDB.</summary>
internal static class DuckDbProgram
{
    private const string Project = "DuckDb/DuckDb.csproj";

    // No build server stays behind that measurements would share processors with.
    private static readonly string[] _alone = ["--nologo", "-v", "quiet", "-nodeReuse:false", "-p:UseSharedCompilation=false"];

    /// <summary>Builds it; where that fails, the facts say why.</summary>
    public static PeerFacts Build()
    {
        PeerFacts facts = new() { Name = PeerTitle.KeyOf(PeerName.Duckdb), Settings = DuckDbPeer.Settings };
        if (FindProject() is not { } project)
        {
            return facts with { Absent = $"there is no {Project} above {AppContext.BaseDirectory}" };
        }

        if (!ProcessRunner.TryRun("dotnet", ["build", project, "-c", "Release", .. _alone], out string output))
        {
            string reason = output.Split('\n').FirstOrDefault(line => line.Contains("error", StringComparison.Ordinal)) ?? output;
            return facts with { Absent = $"{Project} could not be built: {reason.Trim()}" };
        }

        string program = Path.Combine(Path.GetDirectoryName(project)!, "bin", "Release", "net10.0", "TimeSeries.DuckDb.dll");
        return ProcessRunner.TryRun("dotnet", [program, "--version"], out string version)
            ? facts with { Program = program, Version = version.Trim() }
            : facts with { Absent = $"{Path.GetFileName(program)} does not start: {version.Trim()}" };
    }

    // The program that runs lies in the tree that it was built from.
    private static string? FindProject()
    {
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            string path = Path.Combine(folder.FullName, Project);
            if (File.Exists(path))
            {
                return path;
            }
        }

        return null;
    }
}
