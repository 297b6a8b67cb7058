using System.IO.Compression;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using NUnit.Framework;
using TimeSeries.Core.Files;
using TimeSeries.Ingest.Recovery;
using TimeSeries.Tests.Support.Disk;
using TimeSeries.Tests.Support.Hosts;
using TimeSeries.Tests.Support.Samples;

namespace TimeSeries.Tests.Golden;

/// <summary>
/// The data directory that the build of long ago left, with what was pushed into it, in <c>data-directory.zip</c>; the same with rollups of version 2 in
/// <c>data-directory-2.zip</c>, with blocks of version 2 in <c>data-directory-3.zip</c>, and of version 3 in <c>data-directory-4.zip</c>; and the same steps
/// for today's build.
/// </summary>
internal static class GoldenDirectory
{
    /// <summary>The archive with rollups of version 1, which are not used any more, and the input of all.</summary>
    public const string First = "data-directory.zip";

    /// <summary>The archive with rollups of version 2 in blocks of version 1.</summary>
    public const string Second = "data-directory-2.zip";

    /// <summary>The archive with blocks of version 2.</summary>
    public const string Third = "data-directory-3.zip";

    /// <summary>The archive that today's build would write.</summary>
    public const string Newest = "data-directory-4.zip";

    // Segments are an eighth of it, so that some are forgotten and written over.
    private const string SmallLog = "--Wal:MaxBytes=1MiB";

    /// <summary>When everything was pushed: five minutes behind the last samples.</summary>
    public static DateTimeOffset Now { get; } = new(2024, 3, 10, 13, 5, 0, TimeSpan.Zero);

    /// <summary>The bodies that were pushed, in order, each with its project.</summary>
    public static IReadOnlyList<(long Pcode, byte[] Body)> Bodies { get; } =
        [.. ReadInput(First).Select(line => (Pcode(line), Encoding.UTF8.GetBytes(line.GetProperty("body").GetRawText())))];

    /// <summary>The same as batches.</summary>
    public static IReadOnlyList<PushedBatch> Batches { get; } = ReadBatches(First);

    /// <summary>The batches that were pushed into the directory of an archive.</summary>
    public static IReadOnlyList<PushedBatch> ReadBatches(string archive) =>
        [.. ReadInput(archive).Select(line => Batch(Pcode(line), line.GetProperty("body")))];

    /// <summary>Unpacks the directory; returns its path.</summary>
    public static string Unpack(TemporaryFolder into, string archive = Newest)
    {
        ZipFile.ExtractToDirectory(GoldenFile.PathOf(archive), into);
        return into["data"];
    }

    /// <summary>A server on a directory, with a fixed clock and small segments.</summary>
    public static Task<RunningServer> StartAsync(string directory, TimeProvider clock) => RunningServer.StartAsync(
        directory, services => services.AddSingleton(clock).AddSingleton(new Machine("golden")), SmallLog);

    /// <summary>
    /// Pushes everything into a directory that has nothing but its node file: merged blocks, sealed ones beside them, and the last few batches in the log only.
    /// </summary>
    public static async Task WriteAsync(string directory)
    {
        await using RunningServer server = await StartAsync(directory, new FakeTimeProvider(Now));
        int part = Bodies.Count / 5;
        for (int i = 0; i < Bodies.Count; i++)
        {
            using HttpResponseMessage response = await server.Client.SendAsync(Bodies[i].Body, "application/json", Bodies[i].Pcode);
            Assert.That(response.IsSuccessStatusCode, Is.True, $"batch {i}: {await response.Content.ReadAsStringAsync()}");
            if ((i + 1) % part == 0)
            {
                await server.SealAsync();
                server.Services.GetRequiredService<LogCheckpoint>().Run();
            }

            if (i + 1 == 3 * part)
            {
                await server.CompactAsync();
            }
        }
    }

    private static List<JsonElement> ReadInput(string archive)
    {
        using ZipArchive zip = ZipFile.OpenRead(GoldenFile.PathOf(archive));
        using StreamReader input = new(zip.GetEntry("input.ndjson")!.Open());
        return [.. input.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonElement.Parse(line))];
    }

    private static PushedBatch Batch(long pcode, JsonElement body)
    {
        AgentName? agent = null;
        if (body.TryGetProperty("agent", out JsonElement named))
        {
            int? oid = named.TryGetProperty("oid", out JsonElement given) ? given.GetInt32() : null;
            agent = new(Text(named, "oname")!, oid, Text(named, "okind"), Text(named, "onode"));
        }

        IEnumerable<JsonProperty> kinds = body.EnumerateObject().Where(kind => kind.Value.ValueKind == JsonValueKind.Array);
        SampleRow[] rows = [.. kinds.SelectMany(kind => kind.Value.EnumerateArray().Select(row => Row(kind.Name, row)))];
        return new PushedBatch(pcode, agent, rows) { Id = Text(body, "id") };
    }

    private static SampleRow Row(string kind, JsonElement fields)
    {
        SampleRow row = new(kind);
        foreach (JsonProperty field in fields.EnumerateObject())
        {
            row[field.Name] = field.Value.ValueKind switch
            {
                JsonValueKind.Null => null,
                JsonValueKind.String => field.Value.GetString(),
                JsonValueKind.True or JsonValueKind.False => field.Value.GetBoolean(),
                JsonValueKind.Object => field.Value.EnumerateObject().ToDictionary(entry => entry.Name, entry => entry.Value.GetString()!),
                _ => field.Value.TryGetInt64(out long whole) ? (object)whole : field.Value.GetDouble(),
            };
        }

        return row;
    }

    private static long Pcode(JsonElement line) => line.GetProperty("pcode").GetInt64();

    private static string? Text(JsonElement element, string name) => element.TryGetProperty(name, out JsonElement text) ? text.GetString() : null;
}
