using System.Text.Json;
using TimeSeries.Alerting.Rules;
using TimeSeries.Alerting.Silences;

namespace TimeSeries.Alerting.Notifications;

/// <summary>Reads receivers from JSON and writes them. No error shows a URL or a secret.</summary>
internal static class ReceiverFormat
{
    private const int MostUrlBytes = 2_048;
    private const int MostSecretBytes = 1_024;

    /// <summary>Reads a receiver.</summary>
    /// <param name="element">The receiver.</param>
    /// <param name="name">The name that it has where it stands, which the receiver itself may leave out.</param>
    /// <param name="secret">The secret that it has when it names none.</param>
    /// <exception cref="DefinitionException">It breaks the format.</exception>
    public static Receiver Read(JsonElement element, string name, string secret)
    {
        RuleFormat.CheckName(name);
        JsonFields fields = new(element, "", "name", "url", "secret", "minSeverity", "matchers");
        if (fields.Text("name") is { } own && own != name)
        {
            throw new DefinitionException($"name must be \"{name}\", as in the path, or be left out.");
        }

        return new Receiver
        {
            Name = name,
            Url = ReadUrl(fields),
            Secret = fields.Text("secret", MostSecretBytes) ?? secret,
            MinSeverity = fields.Word("minSeverity", AlertSeverity.Info),
            Matchers = LabelMatcher.ReadAll(fields),
        };
    }

    /// <summary>Writes the file of a receiver: all that it has, secrets too.</summary>
    public static byte[] ToFile(Receiver receiver) => DefinitionFiles.ToJson(json =>
    {
        json.WriteString("name", receiver.Name);
        json.WriteString("url", receiver.Url.OriginalString);
        json.WriteString("secret", receiver.Secret);
        WriteOpenFields(json, receiver);
    });

    /// <summary>Writes what may be shown of a receiver into the object that is open.</summary>
    public static void WriteShownFields(Utf8JsonWriter json, Receiver receiver)
    {
        json.WriteString("name", receiver.Name);
        json.WriteString("url", receiver.ShownUrl);
        json.WriteBoolean("signed", receiver.Secret.Length > 0);
        WriteOpenFields(json, receiver);
    }

    private static void WriteOpenFields(Utf8JsonWriter json, Receiver receiver)
    {
        json.WriteString("minSeverity", receiver.MinSeverity.ToString());
        LabelMatcher.WriteAll(json, receiver.Matchers);
    }

    private static Uri ReadUrl(JsonFields fields)
    {
        string text = fields.Text("url", MostUrlBytes) ?? throw new DefinitionException("url is needed, like https://hooks.example.com/alerts.");
        return !Uri.TryCreate(text, UriKind.Absolute, out Uri? url) || !(url.Scheme is "http" or "https") || url.Host.Length == 0
            ? throw new DefinitionException("url must be an address of http or https, like https://hooks.example.com/alerts.")
            : url.UserInfo.Length > 0
            ? throw new DefinitionException("url must have no user and password; use a secret in its path or query, or sign with secret.")
            : url;
    }
}
