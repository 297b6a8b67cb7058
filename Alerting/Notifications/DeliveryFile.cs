using System.Buffers;
using System.Globalization;
using System.Text.Json;
using TimeSeries.Alerting.Rules;
using TimeSeries.Core.Files;

namespace TimeSeries.Alerting.Notifications;

/// <summary>
/// Keeps what receivers were told through restarts: <c>{directory}/{pcode}/delivered.json</c>, replaced in one step. Thread safe for different projects.
/// </summary>
/// <param name="files">The disk.</param>
/// <param name="directory">The folder of all definitions.</param>
internal sealed class DeliveryFile(IFileSystem files, string directory)
{
    private const string FileName = "delivered.json";

    /// <summary>What the receivers of a project were told, by their names; none when there is no file.</summary>
    /// <exception cref="InvalidDataException">The file is damaged.</exception>
    /// <exception cref="IOException">The file can't be read.</exception>
    public Dictionary<string, ReceiverLane> Read(long pcode)
    {
        Dictionary<string, ReceiverLane> lanes = new(StringComparer.Ordinal);
        if (!files.Exists(PathOf(pcode)))
        {
            return lanes;
        }

        try
        {
            using JsonDocument document = Parse(PathOf(pcode));
            foreach (JsonElement receiver in document.RootElement.GetProperty("receivers").EnumerateArray())
            {
                string name = receiver.GetProperty("name").GetString()!;
                lanes[name] = ReadLane(name, receiver);
            }

            return lanes;
        }
        catch (Exception fault) when (fault is JsonException or KeyNotFoundException or InvalidOperationException or FormatException
            or ArgumentOutOfRangeException)
        {
            throw new InvalidDataException($"{PathOf(pcode)} is damaged: {fault.Message}", fault);
        }
    }

    /// <summary>What <see cref="Write"/> takes, of receivers as they are now.</summary>
    public static byte[] ToJson(IEnumerable<ReceiverLane> lanes)
    {
        ArrayBufferWriter<byte> bytes = new();
        using (Utf8JsonWriter json = new(bytes))
        {
            json.WriteStartObject();
            json.WriteStartArray("receivers");
            foreach (ReceiverLane lane in lanes)
            {
                WriteLane(json, lane);
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        return bytes.WrittenSpan.ToArray();
    }

    /// <summary>Replaces the file of a project. It is durable when this returns.</summary>
    /// <exception cref="IOException">It can't be written; the old one stays.</exception>
    public void Write(long pcode, ReadOnlySpan<byte> json)
    {
        if (!files.Exists(PathOf(pcode)))
        {
            DefinitionFiles.MakeFolder(files, directory, Path.GetDirectoryName(PathOf(pcode))!);
        }

        files.Replace(PathOf(pcode), json);
    }

    private string PathOf(long pcode) => Path.Combine(directory, pcode.ToString(CultureInfo.InvariantCulture), FileName);

    private JsonDocument Parse(string path)
    {
        using IFile file = files.Open(path, FileAccess.Read);
        byte[] bytes = new byte[file.Length];
        return JsonDocument.Parse(bytes.AsMemory(0, file.Read(bytes, 0)));
    }

    private static void WriteLane(Utf8JsonWriter json, ReceiverLane lane)
    {
        json.WriteStartObject();
        json.WriteString("name", lane.Receiver.Name);
        json.WriteNumber("since", lane.Since.ToUnixTimeMilliseconds());
        json.WriteStartArray("rules");
        foreach (RuleDelivery rule in lane.Rules.Where(rule => rule.Delivered.Count > 0))
        {
            json.WriteStartObject();
            json.WriteString("rule", rule.Rule);
            json.WriteNumber("sentAt", rule.LastSent?.ToUnixTimeMilliseconds() ?? 0);
            json.WriteStartArray("alerts");
            foreach ((string group, DeliveredAlert alert) in rule.Delivered)
            {
                json.WriteStartObject();
                json.WriteString("group", group);
                json.WriteString("id", alert.Id);
                json.WriteBoolean("firing", alert.IsFiring);
                json.WriteNumber("time", alert.Time);
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static ReceiverLane ReadLane(string name, JsonElement receiver)
    {
        // The receiver itself comes from its own file.
        ReceiverLane lane = new(
            new Receiver { Name = name, Url = new Uri("http://unknown") }, DateTimeOffset.FromUnixTimeMilliseconds(receiver.GetProperty("since").GetInt64()));
        foreach (JsonElement element in receiver.GetProperty("rules").EnumerateArray())
        {
            RuleDelivery rule = lane.Rule(element.GetProperty("rule").GetString()!);
            rule.LastSent = element.GetProperty("sentAt").GetInt64() is not 0 and var sent ? DateTimeOffset.FromUnixTimeMilliseconds(sent) : null;
            foreach (JsonElement alert in element.GetProperty("alerts").EnumerateArray())
            {
                rule.Delivered[alert.GetProperty("group").GetString()!] = new DeliveredAlert(
                    alert.GetProperty("id").GetGuid(), alert.GetProperty("firing").GetBoolean(), alert.GetProperty("time").GetInt64());
            }
        }

        return lane;
    }
}
