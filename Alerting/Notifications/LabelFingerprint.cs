using System.Globalization;
using System.Text;

namespace TimeSeries.Alerting.Notifications;

/// <summary>
/// What Prometheus and Alertmanager call the fingerprint of labels: FNV-1a of 64 bits over names in their order and values, a byte 255 behind each.
/// </summary>
internal static class LabelFingerprint
{
    private const ulong Offset = 14_695_981_039_346_656_037;
    private const ulong Prime = 1_099_511_628_211;

    // No text has this byte in UTF-8.
    private const byte Separator = 255;

    /// <param name="labels">The labels, sorted by name.</param>
    public static string Of(IEnumerable<KeyValuePair<string, string>> labels)
    {
        ulong hash = Offset;
        foreach ((string name, string value) in labels)
        {
            hash = Add(Add(hash, name), value);
        }

        return hash.ToString("x16", CultureInfo.InvariantCulture);
    }

    private static ulong Add(ulong hash, string text)
    {
        foreach (byte sign in Encoding.UTF8.GetBytes(text))
        {
            hash = (hash ^ sign) * Prime;
        }

        return (hash ^ Separator) * Prime;
    }
}
