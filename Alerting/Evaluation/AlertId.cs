using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using TimeSeries.Alerting.Rules;

namespace TimeSeries.Alerting.Evaluation;

/// <summary>
/// Ids of alerts that rules raise: a UUID of version 5 (RFC 9562) over what the alert is about, so that whoever finds the same transition writes the same id.
/// </summary>
internal static class AlertId
{
    // The namespace, drawn once.
    private static readonly Guid _namespace = new("6f0d3c5e-52f4-4f4c-9d0e-2a1f6f4b7c31");

    /// <summary>The id of a transition.</summary>
    /// <param name="rule">The rule; its code and name count, and <paramref name="revision"/>.</param>
    /// <param name="revision">The revision of the rule that found it.</param>
    /// <param name="group">The group's text.</param>
    /// <param name="pendingSince">Since when the condition held, in ms.</param>
    /// <param name="isFiring">Whether it fires or is resolved.</param>
    public static Guid Of(StoredRule rule, int revision, string group, long pendingSince, bool isFiring) =>
        Of(rule.Pcode, rule.Rule.Name, revision, group, pendingSince, isFiring);

    /// <inheritdoc cref="Of(StoredRule, int, string, long, bool)"/>
    public static Guid Of(long pcode, string rule, int revision, string group, long pendingSince, bool isFiring)
    {
        // A group may hold anything and a name no blank, so the group comes last.
        string name = string.Create(
            CultureInfo.InvariantCulture, $"{pcode} {rule} {revision} {pendingSince} {(isFiring ? "firing" : "resolved")} {group}");
        return OfName(_namespace, Encoding.UTF8.GetBytes(name));
    }

    [SuppressMessage("Security", "CA5350", Justification = "Version 5 is defined by SHA-1; nothing is secret here.")]
    internal static Guid OfName(Guid space, ReadOnlySpan<byte> name)
    {
        byte[] bytes = new byte[16 + name.Length];
        space.TryWriteBytes(bytes, bigEndian: true, out _);
        name.CopyTo(bytes.AsSpan(16));

        Span<byte> hash = SHA1.HashData(bytes).AsSpan(0, 16);
        hash[6] = (byte)((hash[6] & 0x0F) | 0x50);
        hash[8] = (byte)((hash[8] & 0x3F) | 0x80);
        return new Guid(hash, bigEndian: true);
    }
}
