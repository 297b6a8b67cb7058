namespace TimeSeries.Core.Files;

/// <summary>What names the machine that this process runs on.</summary>
public static class MachineName
{
    // systemd's machine id (man 5 machine-id): random, made at installation, and no secret between programs of one machine.
    private const string MachineIdPath = "/etc/machine-id";

    /// <summary>The machine id where the system keeps one, else the host name.</summary>
    public static string Read()
    {
        try
        {
            string id = File.Exists(MachineIdPath) ? File.ReadAllText(MachineIdPath).Trim() : "";
            return id.Length > 0 ? id : Environment.MachineName;
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            return Environment.MachineName;
        }
    }
}
