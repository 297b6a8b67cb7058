using System.Reflection;

namespace TimeSeries.Hosting.Running;

/// <summary>What <c>Ingest</c> and <c>Query</c> say when they are started on their own.</summary>
public static class HostRefusal
{
    private const int Failed = 1;

    /// <summary>Answers <c>--version</c> and <c>--help</c>; otherwise says in one sentence what to do instead. Returns the exit code.</summary>
    public static int Run(string host, string[] args)
    {
        if (args.Contains("--version"))
        {
            Console.Out.WriteLine(Version);
            return 0;
        }

        string sentence = $"{host} does not run on its own on the embedded store, since one process owns its directory: "
            + "start Server instead (dotnet run -c Release --project Server).";
        if (args.Contains("--help") || args.Contains("-h"))
        {
            Console.Out.WriteLine(sentence);
            return 0;
        }

        Console.Error.WriteLine(sentence);
        return Failed;
    }

    internal static string Version =>
        typeof(HostRefusal).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "unknown";
}
