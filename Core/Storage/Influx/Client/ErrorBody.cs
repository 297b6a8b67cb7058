using System.Text;
using System.Text.Json;

namespace TimeSeries.Core.Storage.Influx.Client;

/// <summary>
/// The body of an error, or its start. InfluxDB's own is one object: <c>{"error":"…"}</c> (1.x; 3.x adds <c>data</c>), or <c>{"code":"…","message":"…"}</c>
/// (2.x and the cloud). Anything else is a page of a proxy.
/// </summary>
/// <param name="Reason">What went wrong: the text in the object, or the body as it is.</param>
/// <param name="IsInflux">Whether the object is one that InfluxDB sends.</param>
internal readonly record struct ErrorBody(string Reason, bool IsInflux)
{
    private static readonly string[] _names = ["code", "data", "err", "error", "line", "maxLength", "message", "op"];

    private static readonly string[] _codes =
    [
        "conflict", "empty value", "forbidden", "internal error", "invalid", "method not allowed", "not found", "not implemented", "request too large",
        "too many requests", "unauthorized", "unavailable", "unprocessable entity", "unsupported media type",
    ];

    /// <summary>Reads a body. It may be cut off anywhere, and need not be JSON.</summary>
    public static ErrorBody Of(string body)
    {
        Dictionary<string, string?> texts = [];
        Utf8JsonReader json = new(Encoding.UTF8.GetBytes(body), isFinalBlock: false, default);
        try
        {
            while (json.Read())
            {
                if (json.CurrentDepth == 0 && json.TokenType is not (JsonTokenType.StartObject or JsonTokenType.EndObject))
                {
                    return new ErrorBody(body, false);
                }

                if (json.CurrentDepth == 1 && json.TokenType == JsonTokenType.PropertyName)
                {
                    string name = json.GetString()!;
                    texts[name] = json.Read() && json.TokenType == JsonTokenType.String ? json.GetString() : null;
                }
            }
        }
        catch (Exception shape) when (shape is JsonException or InvalidOperationException)
        {
            // Plain text, or a text with half a character.
            return new ErrorBody(body, false);
        }

        string? reason = texts.GetValueOrDefault("error") ?? texts.GetValueOrDefault("message");
        bool isKnown = texts.TryGetValue("code", out string? code) ? _codes.Contains(code) : texts.GetValueOrDefault("error") is not null;
        return new ErrorBody(reason ?? body, reason is not null && isKnown && texts.Keys.All(_names.Contains));
    }
}
