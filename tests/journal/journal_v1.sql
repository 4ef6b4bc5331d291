-- A journal of schema version 1 with a row of each kind. Never changed: later versions must open it.
BEGIN TRANSACTION;
CREATE TABLE calibrations (
                id INTEGER PRIMARY KEY AUTOINCREMENT, at_ms INTEGER NOT NULL, offset_min INTEGER NOT NULL,
                profile TEXT NOT NULL, repeatability_in REAL NOT NULL, frames INTEGER NOT NULL, view TEXT NOT NULL,
                body TEXT NOT NULL);
INSERT INTO "calibrations" VALUES(1,1795420800000,60,'desk',0.12,40,'front','{"view": "front"}');
CREATE TABLE diary (
                id INTEGER PRIMARY KEY AUTOINCREMENT, at_ms INTEGER NOT NULL, offset_min INTEGER NOT NULL,
                written_ms INTEGER NOT NULL, written_offset_min INTEGER NOT NULL, kind TEXT NOT NULL,
                duration_min INTEGER, worst INTEGER, side TEXT NOT NULL, medication TEXT NOT NULL,
                trigger TEXT NOT NULL, note TEXT NOT NULL, score_name TEXT NOT NULL, score REAL);
INSERT INTO "diary" VALUES(1,1795420800000,60,1795424400000,60,'headache',90,6,'left','','','bright light','',NULL);
CREATE TABLE events (
                id INTEGER PRIMARY KEY, at_ms INTEGER NOT NULL, offset_min INTEGER NOT NULL, kind TEXT NOT NULL,
                outcome TEXT NOT NULL, detail TEXT NOT NULL, value REAL);
INSERT INTO "events" VALUES(1,1795420800000,60,'nudge','shown','',NULL);
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL);
INSERT INTO "meta" VALUES('subject','5d3c8a52-5a34-4b8f-9d0b-6c1f4f0f7a11');
CREATE TABLE minutes (
                minute INTEGER PRIMARY KEY, offset_min INTEGER NOT NULL, profile_id INTEGER NOT NULL,
                valid_cs INTEGER NOT NULL, away_cs INTEGER NOT NULL, unreliable_cs INTEGER NOT NULL,
                paused_cs INTEGER NOT NULL, off_cs INTEGER NOT NULL, frames INTEGER NOT NULL,
                median_mil INTEGER, p90_mil INTEGER, mean_mil INTEGER, se_mil INTEGER, load_clb INTEGER,
                band0_cs INTEGER NOT NULL, band1_cs INTEGER NOT NULL, band2_cs INTEGER NOT NULL,
                band3_cs INTEGER NOT NULL, calibration_id INTEGER);
INSERT INTO "minutes" VALUES(29923680,60,1,6000,0,0,0,0,15,1250,1500,1300,200,2350,0,0,6000,0,1);
INSERT INTO "minutes" VALUES(29923681,60,1,0,6000,0,0,0,15,NULL,NULL,NULL,NULL,NULL,0,0,0,0,1);
CREATE TABLE profiles (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);
INSERT INTO "profiles" VALUES(1,'desk');
CREATE TABLE samples (
                at_ms INTEGER PRIMARY KEY, offset_min INTEGER NOT NULL, state TEXT NOT NULL, reason TEXT,
                fht_mil INTEGER, se_mil INTEGER, raw_mil INTEGER, raw_se_mil INTEGER, load_clb INTEGER,
                distance_mm INTEGER, yaw_ddeg INTEGER, pitch_ddeg INTEGER, roll_ddeg INTEGER, lean_ddeg INTEGER,
                trunk_yaw_ddeg INTEGER);
INSERT INTO "samples" VALUES(1795420800000,60,'unreliable','turned',NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL);
CREATE INDEX events_at ON events (at_ms);
CREATE INDEX diary_at ON diary (at_ms);
DELETE FROM "sqlite_sequence";
INSERT INTO "sqlite_sequence" VALUES('calibrations',1);
INSERT INTO "sqlite_sequence" VALUES('diary',1);
COMMIT;
PRAGMA application_id = 1347375959;
PRAGMA user_version = 1;
