namespace TimeSeries.Core.Files;

/// <summary>The machine that a process runs on.</summary>
/// <param name="Name">What names it: its machine id where it has one, else its host name.</param>
public sealed record Machine(string Name)
{
    // systemd's machine id (man 5 machine-id): 32 hexadecimal digits, random, made at installation, and no secret between programs of one machine.
    private const string MachineIdPath = "/etc/machine-id";
    private const int IdLength = 32;

    /// <summary>This machine.</summary>
    public static Machine Read()
    {
        try
        {
            string id = File.Exists(MachineIdPath) ? File.ReadAllText(MachineIdPath).Trim() : "";
            return new(id.Length > 0 ? id : Environment.MachineName);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            return new(Environment.MachineName);
        }
    }

    /// <summary>
    /// Whether a name is a machine id. Host names change and repeat (containers draw new ones at each start), so they can't tell a copy from a move.
    /// </summary>
    public static bool IsId(string name) => name.Length == IdLength && name.All(char.IsAsciiHexDigitLower);
}
