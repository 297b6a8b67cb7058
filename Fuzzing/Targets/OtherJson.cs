using System.Text.Json;

namespace TimeSeries.Fuzzing.Targets;

/// <summary>Another reader of JSON than those that are tried.</summary>
internal static class OtherJson
{
    // That of System.Text.Json.
    private const int UsualDepth = 64;

    /// <summary>Whether a body is one whole object, perhaps behind a byte order mark.</summary>
    public static bool IsObject(ReadOnlySpan<byte> body, int maxDepth = UsualDepth)
    {
        int start = body.StartsWith("\uFEFF"u8) ? 3 : 0;
        try
        {
            using JsonDocument document = JsonDocument.Parse(body[start..].ToArray(), new JsonDocumentOptions { MaxDepth = maxDepth });
            return document.RootElement.ValueKind == JsonValueKind.Object;
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
