using System.Collections.Concurrent;
using System.Diagnostics.Tracing;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Builder;
using TimeSeries.Server;

namespace TimeSeries.Benchmarks.Structure;

/// <summary>
/// The source files that a request enters between socket and response: those with a method that the runtime compiles for it. A host of its own serves in this
/// process, and each request is the first of its kind, so that what only the start entered is not among them, and what both enter is not either.
/// </summary>
internal static partial class EnteredFiles
{
    private static readonly TimeSpan _settle = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan _tail = TimeSpan.FromMilliseconds(100);

    /// <summary>Starts a host, sends a push and then a query of WhaTap's transaction statistics, and lists the files that each entered.</summary>
    /// <param name="root">The checkout whose files are named; its build is this program's.</param>
    public static async Task<IReadOnlyList<(string Request, IReadOnlyList<string> Files)>> MeasureAsync(string root)
    {
        IReadOnlyDictionary<string, string> files = TypesOf(root);
        string directory = Directory.CreateTempSubdirectory("timeseries-structure-").FullName;
        try
        {
            using CompiledMethods methods = new();
            await using WebApplication app = ServerHost.BuildProgram(
                ["--urls=http://127.0.0.1:0", "--Storage:Directory=" + directory, "--Logging:LogLevel:Default=None", "--Self:Enabled=false",
                    "--Start:WarmUp=false"]);
            await app.StartAsync();
            using HttpClient client = new() { BaseAddress = new Uri(app.Urls.First()) };
            string token = (await File.ReadAllTextAsync(Path.Combine(directory, "token"))).Trim();
            client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
            await Task.Delay(_settle);

            long now = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds();
            object batch = new { agent = new { oname = "shop" }, transaction = new[] { new { time = now, service = "/", elapsed = 1.5 } } };
            methods.Take();
            using HttpResponseMessage push = await client.PostAsJsonAsync(new Uri("/ingest/v1/batch", UriKind.Relative), batch);
            push.EnsureSuccessStatusCode();

            // The response is here before its last step has returned.
            await Task.Delay(_tail);
            HashSet<string> pushed = methods.Take();
            await Task.Delay(_settle);

            using HttpRequestMessage query = new(HttpMethod.Get, $"/open/api/json/transaction?stime={now - 60_000}&etime={now + 60_000}");
            query.Headers.Add("x-whatap-token", token);
            query.Headers.Add("x-whatap-pcode", "1");
            query.Headers.Authorization = null;
            methods.Take();
            using HttpResponseMessage response = await client.SendAsync(query);
            response.EnsureSuccessStatusCode();
            await Task.Delay(_tail);
            HashSet<string> queried = methods.Take();
            await app.StopAsync();
            return [("push", Name(pushed, files)), ("query", Name(queried, files))];
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    private static string[] Name(HashSet<string> types, IReadOnlyDictionary<string, string> files) =>
        [.. types.Select(type => files.GetValueOrDefault(type)).OfType<string>().Distinct().Order(StringComparer.Ordinal)];

    // Outermost types by their full names; a type that several files declare is not partial here but for generated ones.
    private static Dictionary<string, string> TypesOf(string root)
    {
        Dictionary<string, string> types = [];
        foreach (string project in new[] { "Agent", "Alerting", "Core", "Hosting", "Ingest", "Query", "Server", "Ui" })
        {
            foreach (string path in Directory.EnumerateFiles(Path.Combine(root, project), "*.cs", SearchOption.AllDirectories))
            {
                string relative = Path.GetRelativePath(root, path).Replace('\\', '/');
                string text = relative.Contains("/obj/", StringComparison.Ordinal) ? "" : File.ReadAllText(path);
                if (NamespaceLine().Match(text) is { Success: true } match)
                {
                    foreach (Match type in TypeLine().Matches(text))
                    {
                        types.TryAdd($"{match.Groups[1].Value}.{type.Groups[1].Value}", relative);
                    }
                }
            }
        }

        return types;
    }

    [GeneratedRegex(@"^namespace ([\w.]+);", RegexOptions.Multiline)]
    private static partial Regex NamespaceLine();

    [GeneratedRegex(@"^(?:public|internal) [\w ]*?(?:class|struct|interface|record|enum) (?:struct |class )?(\w+)", RegexOptions.Multiline)]
    private static partial Regex TypeLine();

    /// <summary>Collects the types of methods as the runtime compiles them.</summary>
    private sealed class CompiledMethods : EventListener
    {
        private const EventKeywords JitKeyword = (EventKeywords)0x10;
        private const string MethodLoaded = "MethodLoadVerbose";
        private const int NamespaceIndex = 6;

        private readonly ConcurrentQueue<string> _types = new();

        /// <summary>The types since the call before, each by its full name without type arguments and nested types.</summary>
        public HashSet<string> Take()
        {
            HashSet<string> taken = [];
            while (_types.TryDequeue(out string? type))
            {
                taken.Add(type.Split('+', '`', '[')[0]);
            }

            return taken;
        }

        protected override void OnEventSourceCreated(EventSource eventSource)
        {
            if (eventSource.Name == "Microsoft-Windows-DotNETRuntime")
            {
                EnableEvents(eventSource, EventLevel.Verbose, JitKeyword);
            }
        }

        protected override void OnEventWritten(EventWrittenEventArgs eventData)
        {
            if (eventData.EventName?.StartsWith(MethodLoaded, StringComparison.Ordinal) == true && eventData.Payload?[NamespaceIndex] is string type
                && type.StartsWith("TimeSeries.", StringComparison.Ordinal))
            {
                _types?.Enqueue(type);
            }
        }
    }
}
