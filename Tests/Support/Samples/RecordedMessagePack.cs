using System.Text.Json;
using TimeSeries.Tests.Support.Disk;
using TimeSeries.Tests.Support.Hosts;

namespace TimeSeries.Tests.Support.Samples;

/// <summary>A body that another encoder wrote, and what it means; see the README beside the files.</summary>
public sealed record RecordedMessagePack(string Name, byte[] Body, PushedBatch Meaning, IReadOnlyList<string> Unknown)
{
    private static readonly string _folder = RepositoryFolder.Combine("Tests", "Fixtures", "MessagePack");

    /// <summary>The names of all recordings.</summary>
    public static string[] Names =>
        [.. Directory.GetFiles(_folder, "*.bin").Select(file => Path.GetFileNameWithoutExtension(file)).Order(StringComparer.Ordinal)];

    public static RecordedMessagePack Load(string name)
    {
        string own = Path.Combine(_folder, name + ".json");
        string shared = Path.Combine(_folder, name.Split('-')[0] + ".json");
        using JsonDocument document = JsonDocument.Parse(File.ReadAllBytes(File.Exists(own) ? own : shared));
        JsonElement root = document.RootElement;
        JsonElement agent = root.GetProperty("agent");
        AgentName agentName = new(
            agent.GetProperty("oname").GetString()!,
            agent.TryGetProperty("oid", out JsonElement oid) ? oid.GetInt32() : null,
            agent.GetProperty("okind").GetString(),
            agent.GetProperty("onode").GetString());
        return new RecordedMessagePack(
            name,
            File.ReadAllBytes(Path.Combine(_folder, name + ".bin")),
            new PushedBatch(TestProjects.First, agentName, [.. root.GetProperty("rows").EnumerateArray().Select(Row)]),
            [.. root.GetProperty("unknown").EnumerateArray().Select(unknown => unknown.GetString()!)]);
    }

    private static SampleRow Row(JsonElement element)
    {
        SampleRow row = new(element.GetProperty("kind").GetString()!);
        foreach (JsonProperty property in element.EnumerateObject().Where(property => property.Name != "kind"))
        {
            row[property.Name] = Value(property.Value);
        }

        return row;
    }

    private static object? Value(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Null => null,
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        JsonValueKind.String => value.GetString(),
        JsonValueKind.Number => value.TryGetInt64(out long whole) ? (object)whole : value.GetDouble(),
        _ => value.EnumerateObject().ToDictionary(entry => entry.Name, entry => entry.Value.GetString()!),
    };
}
